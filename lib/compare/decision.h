#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/comparison.h"

// From two measurements to a verdict, and from all verdicts to what the gates say. Used by both
// ways of comparing, in pairs and by name.
namespace bytepath::compare {

// What is true of all metrics of two runs.
struct Session {
  std::optional<stats::Stopping> pairs;  // one session of rounds; nothing: two runs
  // Why times (and ratios), or counts, of the two hosts cannot be compared; empty: they can.
  std::string other_machine;
  std::string other_software;
};

// One metric that both have. Its outcome is `passed` where a gate may decide, until settle_gates.
Comparison compare_metric(const std::string& benchmark, const Measured& base, const Measured& now,
                          const Session& session, const Rules& rules);

// One that only the baseline has: not judged where a gate names it.
Comparison missing_metric(const std::string& benchmark, const Measured& base, const Rules& rules);

// Holm over every comparison that a gate may decide, and a row for each gate that names nothing of
// what was measured, for a mistyped one would pass for ever.
void settle_gates(std::vector<Comparison>& comparisons, const Rules& rules,
                  std::span<const Benchmark* const> measured);

// Which of these the filter takes. Error (usage): the filter is no regular expression.
Result<std::vector<const Benchmark*>> filtered(std::span<const Benchmark* const> benchmarks,
                                               const std::string& filter);

const Measured* find_metric(const Benchmark& benchmark, std::string_view metric);

}  // namespace bytepath::compare
