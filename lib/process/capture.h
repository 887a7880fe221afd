#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace bytepath::process {

struct Captured {
  int exit_status = 0;  // 128 + n when signal n ended it
  std::string output;   // of standard output
};

struct CaptureOptions {
  std::vector<std::pair<std::string, std::string>> environment;  // set on top of ours
  std::chrono::milliseconds time_limit{10'000};
  std::size_t max_output = 64U << 20;
  std::string directory = {};  // where it runs; empty: ours
};

// Runs a program (no shell, no PATH search), waits for it and returns what it wrote to standard
// output; its standard error goes nowhere. A program that is over a limit is killed and reaped.
// Errors: it cannot be started, it exceeded the time or the output limit.
Result<Captured> capture(const std::vector<std::string>& arguments,
                         const CaptureOptions& options = {});

}  // namespace bytepath::process
