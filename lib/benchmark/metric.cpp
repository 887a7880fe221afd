#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "benchmark/metric.h"
#include "benchmark/number_capture.h"
#include "benchmark/session.h"

namespace bytepath::benchmark {

std::span<const RunMetric> run_metrics() {
  static constexpr std::array all = {
      RunMetric{"wall", "s", [](const Run& run) { return run.wall; }},
      RunMetric{"user", "s", [](const Run& run) { return run.user; }},
      RunMetric{"system", "s", [](const Run& run) { return run.system; }},
      RunMetric{"cpu", "s", [](const Run& run) { return run.user + run.system; }},
      RunMetric{"max_rss", "B", [](const Run& run) { return run.max_rss; }},
      RunMetric{"minor_faults", "", [](const Run& run) { return run.minor_faults; }},
      RunMetric{"major_faults", "", [](const Run& run) { return run.major_faults; }},
      RunMetric{"voluntary_switches", "", [](const Run& run) { return run.voluntary_switches; }},
      RunMetric{"involuntary_switches", "",
                [](const Run& run) { return run.involuntary_switches; }},
      RunMetric{"bytes_read", "B", [](const Run& run) { return run.bytes_read; }},
      RunMetric{"bytes_written", "B", [](const Run& run) { return run.bytes_written; }},
  };
  return all;
}

double value_of(const Run& run, const Plan& plan, std::string_view metric) {
  if (metric.starts_with(capture_prefix)) return run.captured;
  // How long a run would have taken that was not let to end, nobody knows.
  if (run.timed_out) return std::numeric_limits<double>::quiet_NaN();
  for (const auto& known : run_metrics()) {
    if (known.name == metric) return known.value(run);
  }
  for (std::size_t i = 0; i < plan.events.size() && i < run.counters.size(); ++i) {
    if (plan.events[i].name == metric) return run.counters[i];
  }
  return std::numeric_limits<double>::quiet_NaN();
}

Result<> check_metric(const Plan& plan) {
  const std::string& wanted = plan.comparison.metric;
  if (wanted.starts_with(capture_prefix)) return {};
  std::vector<std::string> known;
  for (const auto& metric : run_metrics()) known.emplace_back(metric.name);
  for (const auto& event : plan.events) known.push_back(event.name);
  if (std::ranges::find(known, wanted) != known.end()) return {};
  const std::string near = nearest(wanted, known);
  return fail(ErrorKind::usage, fmt::format("--metric: unknown metric '{}'", wanted),
              near.empty() ? fmt::format("one of {}, a counter of --counters, or stdout:REGEX",
                                         fmt::join(known, ", "))
                           : fmt::format("did you mean '{}'?", near));
}

}  // namespace bytepath::benchmark
