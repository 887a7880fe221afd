#pragma once
#include <string>
#include <vector>

#include "benchmark/run.h"

namespace bytepath::benchmark {

// A result of runs with these wall times, in seconds.
inline BenchmarkResult result_of(const std::string& expression, const std::vector<double>& times) {
  BenchmarkResult result{.number = 1, .command = {.expression = expression}};
  for (const double time : times) result.runs.push_back({.wall = time});
  return result;
}

// Two runs whose mean and standard deviation are these.
inline BenchmarkResult result_with(const std::string& expression, double mean, double stddev) {
  const double half = stddev / 1.4142135623730951;
  return result_of(expression, {mean - half, mean + half});
}

}  // namespace bytepath::benchmark
