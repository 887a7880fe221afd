#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/command.h"

namespace bytepath::benchmark {

// One execution of a command. Times are seconds; with a shell, its own start-up is already
// subtracted from wall, user and system (never below 0).
struct Run {
  double start = 0;  // of the execution, since the session began
  double wall = 0;
  double user = 0;
  double system = 0;
  double max_rss = 0;  // bytes; of the command alone, not of its parent
  double minor_faults = 0;
  double major_faults = 0;
  double voluntary_switches = 0;
  double involuntary_switches = 0;
  double bytes_read = 0;     // block input, by the rusage of the command and its children
  double bytes_written = 0;  // block output
  int exit_code = 0;         // 128 + n for signal n
  bool timed_out = false;
  std::vector<double> counters;  // as the session's counters; NaN where one is not available
  double captured = std::numeric_limits<double>::quiet_NaN();  // the number found in its output
};

// All that was measured of one command.
struct BenchmarkResult {
  std::size_t number = 0;  // from 1, the reference included
  Command command;
  std::vector<Run> runs;
};

// What hyperfine computes of a result.
struct Statistics {
  double mean = 0;
  std::optional<double> stddev;  // nothing for one run
  double median = 0;
  double user = 0;  // means
  double system = 0;
  double min = 0;
  double max = 0;
};
Statistics statistics_of(const BenchmarkResult& result);

}  // namespace bytepath::benchmark
