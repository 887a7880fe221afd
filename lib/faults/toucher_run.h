#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "faults/fault_ledger.h"
#include "faults/page_recorder.h"
#include "faults/tracer_choice.h"
#include "faults/watched_files.h"
#include "intercept/intercept.h"

// Runs of the program lib/process/page_toucher.c under our own instruments.
namespace bytepath::faults {

struct ToucherAnswer {
  std::uint64_t touches = 0;
  std::uint64_t first_ns = 0;  // medians of a touch
  std::uint64_t second_ns = 0;
};
// Nothing where the text is not what the program prints.
std::optional<ToucherAnswer> parse_toucher_answer(std::string_view text);

struct ToucherRun {
  ToucherAnswer answer;
  pages::PageSet pages;  // mapped at its end
  intercept::Outcome outcome;
  std::vector<PageRecorder::Flaw> flaws;
  // Where it was traced.
  std::uint64_t traced_faults = 0;
  std::uint64_t file_faults = 0;
  double file_median_ns = 0;
  trace::TracerLosses losses;
};

class Toucher {
 public:
  static Result<Toucher> create(const std::string& file);

  // Untraced without a backend.
  Result<ToucherRun> run(std::uint64_t stride, bool populate, intercept::Policy policy,
                         std::optional<Backend> backend);

 private:
  Toucher(Descriptor program, std::string file)
      : program_(std::move(program)), file_(std::move(file)) {}
  Descriptor program_;
  std::string file_;
};

}  // namespace bytepath::faults
