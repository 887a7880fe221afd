#pragma once
#include <span>
#include <string_view>

#include "benchmark/run.h"

namespace bytepath::benchmark {

// What getrusage(2) and the clock tell of every run: one row each, and it is in every report.
struct RunMetric {
  std::string_view name;
  std::string_view unit;  // as in bytepath-result(5)
  double (*value)(const Run&);
};
std::span<const RunMetric> run_metrics();

}  // namespace bytepath::benchmark
