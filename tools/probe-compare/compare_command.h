#pragma once
#include <string>
#include <vector>

#include "cli/probe.h"

namespace bytepath::probe_compare {

struct CompareOptions {
  std::vector<std::string> files;  // one with pairs, or a baseline and a new run
  std::vector<std::string> gates;
  std::vector<std::string> gate_files;
  std::vector<std::string> renames;
  std::string filter;
  std::optional<double> margin;  // percent
  bool allow_unpaired = false;
  bool allow_host_mismatch = false;
  bool confirm = false;
  bool strict = false;
  bool github = false;
  std::string append_markdown;
  std::string name;
  // The baseline from a store instead of a file.
  std::string store;
  std::string branch;
  std::string suite;
};

// probe-compare without a subcommand.
Result<result::Document> compare_files(const CompareOptions& options, const cli::Context& context);

// Prints the annotations and appends to the summary, of the judged document.
Result<> finish(const CompareOptions& options, const result::Document& document,
                cli::Console& console);

}  // namespace bytepath::probe_compare
