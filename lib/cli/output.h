#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "report/report.h"
#include "result/document.h"

namespace bytepath::cli {

struct OutputOptions {
  std::string format;                // --format, empty when not given
  std::vector<std::string> outputs;  // --output, "-" is standard output
  std::vector<std::string> json;     // --json
  bool quiet = false;
  std::string option = "--output";  // how the program calls it
  bool text_by_default = true;      // on standard output, when nothing else goes there
};

struct Destination {
  std::string path;  // "-" is standard output
  const report::Format* format = nullptr;
};

// Where each report goes. Standard output gets one report, unless --quiet and a file is written.
// Error (usage): an unknown format, a suffix that no format has, two reports for standard output.
Result<std::vector<Destination>> destinations(const OutputOptions& options);

// Can each file be written? Asked before measuring, so that a mistyped folder costs no run.
Result<> check_writable(const std::vector<Destination>& destinations);

// Writes the files first and standard output last. Goes on after an error, so that one full disk
// does not cost the other reports, and returns the first one.
Result<> write_reports(const result::Document& document,
                       const std::vector<Destination>& destinations,
                       const report::Target& standard_output);

}  // namespace bytepath::cli
