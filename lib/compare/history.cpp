#include "compare/history.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "compare/readable.h"
#include "stats/levels.h"

namespace bytepath::compare {
namespace {

using result::Value;

struct Stage {
  const Entry* entry = nullptr;
  const Measured* measured = nullptr;
  double x = 0;
};

const Measured* find_measured(const Suite& suite, const HistoryOptions& options) {
  for (const auto& benchmark : suite.benchmarks) {
    if (benchmark.name != options.benchmark) continue;
    const auto found = std::ranges::find(benchmark.metrics, options.metric, &Measured::metric);
    if (found != benchmark.metrics.end()) return &*found;
  }
  return nullptr;
}

result::Series series_of(const std::vector<Stage>& stages, const std::string& machine,
                         const HistoryOptions& options) {
  result::Series series{.name = "history",
                        .labels = {{"benchmark", options.benchmark},
                                   {"metric", options.metric},
                                   {"machine", machine}},
                        .title = "History",
                        .x_label = "run",
                        .x_unit = {},
                        .unit = stages.front().measured->unit,
                        .points = {}};
  for (const auto& stage : stages) {
    series.points.push_back({.x = stage.x,
                             .median = stage.measured->median,
                             .low = stage.measured->low,
                             .high = stage.measured->high,
                             .count = stage.measured->count});
  }
  return series;
}

// stats::find_levels looks for steps of 1.35 and more: its grid is 10 % wide and a cut costs a
// deviation of 1.04. Raising the values to a power makes the smallest step wanted one of 1.35, so
// that all its proportions hold. Values far off, and counts of 0, are far off and no more.
std::vector<double> magnified(const std::vector<double>& values, double smallest_step) {
  std::vector<double> positive = values;
  std::erase_if(positive, [](double value) { return !(value > 0) || !std::isfinite(value); });
  if (positive.empty()) return std::vector<double>(values.size(), 1);
  const auto middle = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 2);
  std::ranges::nth_element(positive, middle);
  const double power = std::log(stats::LevelOptions{}.smallest_step) / std::log1p(smallest_step);
  constexpr double far = 20;
  std::vector<double> out;
  out.reserve(values.size());
  for (const double value : values) {
    const double distance = value > 0 ? power * std::log(value / *middle) : -far;
    out.push_back(std::exp(std::clamp(distance, -far, far)));
  }
  return out;
}

std::string run_name(const Stage& stage) {
  return fmt::format("{}-{}", stage.entry->time, stage.entry->commit);
}

double level_of(const std::vector<double>& values, const stats::Stretch& stretch) {
  const auto begin = values.begin();
  std::vector<double> part(begin + static_cast<std::ptrdiff_t>(stretch.first),
                           begin + static_cast<std::ptrdiff_t>(stretch.last) + 1);
  std::ranges::sort(part);
  return (part[(part.size() - 1) / 2] + part[part.size() / 2]) / 2;
}

result::Table& change_points(result::Document& document) {
  const auto found = std::ranges::find(document.tables, "change_points", &result::Table::name);
  if (found != document.tables.end()) return *found;
  document.tables.push_back({.name = "change_points",
                             .title = "Change points",
                             .columns = {{"benchmark", ""},
                                         {"metric", ""},
                                         {"machine", ""},
                                         {"from", ""},
                                         {"to", ""},
                                         {"before", ""},
                                         {"after", ""},
                                         {"change", "percent_change"}},
                             .rows = {}});
  return document.tables.back();
}

void add_change_points(result::Table& table, const std::vector<Stage>& stages,
                       const std::string& machine, const HistoryOptions& options) {
  std::vector<double> values;
  values.reserve(stages.size());
  for (const auto& stage : stages) values.push_back(stage.measured->median);
  const auto stretches = stats::find_levels(magnified(values, options.smallest_step));
  const std::string& unit = stages.front().measured->unit;
  for (std::size_t i = 1; i < stretches.size(); ++i) {
    const double before = level_of(values, stretches[i - 1]);
    const double after = level_of(values, stretches[i]);
    table.rows.push_back({options.benchmark, options.metric, machine,
                          run_name(stages[stretches[i].first - 1]),
                          run_name(stages[stretches[i].first]), quantity_for_people(before, unit),
                          quantity_for_people(after, unit), (after / before - 1) * 100});
  }
}

}  // namespace

Result<> add_history(result::Document& document, std::span<const HistoryRun> runs,
                     const HistoryOptions& options) {
  if (!(options.smallest_step > 0) || !std::isfinite(options.smallest_step)) {
    return fail(ErrorKind::usage, "the smallest step of a history must be above 0 %",
                "give a percentage such as 3%");
  }
  std::map<std::string, std::vector<Stage>> machines;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto* measured = find_measured(runs[i].suite, options);
    if (measured == nullptr || !std::isfinite(measured->median)) continue;
    // A change of the unit would look like one of the value.
    auto& stages = machines[runs[i].entry.machine];
    if (!stages.empty() && stages.front().measured->unit != measured->unit) continue;
    stages.push_back({.entry = &runs[i].entry, .measured = measured, .x = static_cast<double>(i)});
  }
  if (machines.empty()) {
    return fail(ErrorKind::unsupported,
                fmt::format("none of the {} runs holds the metric '{}' of the benchmark '{}'",
                            runs.size(), options.metric, options.benchmark),
                "see probe-compare show");
  }
  for (const auto& [machine, stages] : machines) {
    document.series.push_back(series_of(stages, machine, options));
    add_change_points(change_points(document), stages, machine, options);
  }
  return {};
}

}  // namespace bytepath::compare
