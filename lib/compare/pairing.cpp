#include "compare/comparison.h"
#include "compare/decision.h"

namespace bytepath::compare {
namespace {

void compare_pair(const Benchmark& reference, const Benchmark& other, const Session& session,
                  const Rules& rules, std::vector<Comparison>& out) {
  for (const auto& base : reference.metrics) {
    if (base.samples.empty()) continue;
    const auto* now = find_metric(other, base.metric);
    if (now != nullptr && !now->samples.empty()) {
      out.push_back(compare_metric(other.name, base, *now, session, rules));
    } else if (find_gate(rules.gates, other.name, base.metric) != nullptr) {
      out.push_back(missing_metric(other.name, base, rules));
    }
  }
}

}  // namespace

Result<std::vector<Comparison>> compare_pairs(const Suite& suite, const Rules& rules) {
  if (suite.benchmarks.size() < 2 || suite.reference >= suite.benchmarks.size()) {
    return fail(ErrorKind::unsupported,
                fmt::format("{} holds nothing to compare its {} benchmark with", suite.path,
                            suite.benchmarks.size()),
                "give a second file, or measure two commands with run-probe --compare");
  }
  if (!suite.paired) {
    return fail(ErrorKind::unsupported,
                fmt::format("the benchmarks of {} were not measured in rounds", suite.path),
                "give a second file, or measure them with run-probe --compare");
  }
  const Benchmark& reference = suite.benchmarks[suite.reference];
  std::vector<const Benchmark*> others;
  for (std::size_t i = 0; i < suite.benchmarks.size(); ++i) {
    if (i != suite.reference) others.push_back(&suite.benchmarks[i]);
  }
  BYTEPATH_TRY(chosen, filtered(others, rules.filter));
  if (chosen.empty()) {
    return fail(ErrorKind::unsupported,
                fmt::format("the filter '{}' leaves no benchmark of {} beside the reference",
                            rules.filter, suite.path),
                "compare without --filter to see the names");
  }
  std::vector<Comparison> comparisons;
  const Session session{.pairs = suite.stopping, .other_machine = {}, .other_software = {}};
  for (const auto* other : chosen) compare_pair(reference, *other, session, rules, comparisons);
  settle_gates(comparisons, rules, others);
  return comparisons;
}

}  // namespace bytepath::compare
