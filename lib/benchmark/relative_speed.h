#pragma once
#include <compare>
#include <optional>
#include <span>
#include <vector>

#include "benchmark/run.h"

namespace bytepath::benchmark {

enum class SortOrder { command, mean_time };

// A result's speed beside the reference's, as hyperfine computes it: a ratio of means above 1, with
// first-order propagation of the two standard deviations. It says nothing of chance: for that see
// compare/comparison.h.
struct RelativeSpeed {
  const BenchmarkResult* result = nullptr;
  Statistics statistics;
  double ratio = 1;              // infinite for a mean of 0 that is not the reference
  std::optional<double> stddev;  // nothing where a command ran once
  bool is_reference = false;
  std::weak_ordering order = std::weak_ordering::equivalent;  // less: faster than the reference
};

// `reference` is an index of results, or nothing: then the fastest mean. Sorted stably.
std::vector<RelativeSpeed> relative_speeds(std::span<const BenchmarkResult> results,
                                           std::optional<std::size_t> reference, SortOrder order);

// Is a comparison possible, that is, is neither the fastest nor the reference's mean 0?
bool has_relative_speeds(std::span<const BenchmarkResult> results,
                         std::optional<std::size_t> reference);

}  // namespace bytepath::benchmark
