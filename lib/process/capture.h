#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace bytepath::process {

struct Captured {
  int exit_status = 0;  // 128 + n when signal n ended it
  std::string output;   // of standard output
  std::string errors;   // the last max_errors bytes of standard error
};

inline constexpr std::size_t max_errors = 4096;

struct CaptureOptions {
  std::vector<std::pair<std::string, std::string>> environment;  // set on top of ours
  std::chrono::milliseconds time_limit{10'000};
  std::size_t max_output = 64U << 20;
  std::string directory = {};  // where it runs; empty: ours
  // Asked at least every 200 ms; true ends the program and what it started: by SIGTERM, and two
  // seconds later SIGKILL.
  std::function<bool()> interrupted = {};
};

// Runs a program (no shell, no PATH search), waits for it and returns what it wrote. A program that
// is over a limit is killed, with what it started, and reaped. Errors: it cannot be started, it
// exceeded the time or the output limit, it was interrupted.
Result<Captured> capture(const std::vector<std::string>& arguments,
                         const CaptureOptions& options = {});

}  // namespace bytepath::process
