#include "verdict/run_conditions.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/units.h"
#include "stats/order.h"
#include "stats/spread.h"
#include "verdict/copy_measurements.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Metric;
using result::Severity;
using result::Value;

constexpr double ns_per_second = 1e9;

std::string benchmark_of(const Metric& metric) { return label(metric.labels, "benchmark"); }

std::vector<const Metric*> metrics_named(const Document& document, std::string_view name) {
  std::vector<const Metric*> out;
  for (const auto& metric : document.metrics) {
    if (metric.name == name && label(metric.labels, "again").empty()) out.push_back(&metric);
  }
  return out;
}

const Metric* of_same_benchmark(const Document& document, const Metric& metric,
                                std::string_view name) {
  for (const auto* other : metrics_named(document, name)) {
    if (other->labels == metric.labels) return other;
  }
  return nullptr;
}

// The first run did it and most of the others did not.
bool only_at_first(const Metric* metric) {
  if (metric == nullptr || metric->samples.size() < 2 || !(metric->samples.front() > 0)) {
    return false;
  }
  return stats::median(std::span(metric->samples).subspan(1)) == 0;
}

bool warmup_gave_up(const Document& document, const Metric& wall) {
  return document.parameters.contains("cold." + label(wall.labels, "number"));
}

}  // namespace

void judge_cold_start(Document& document) {
  for (const auto* wall : metrics_named(document, "wall")) {
    const auto* faults = of_same_benchmark(document, *wall, "major_faults");
    const auto* read = of_same_benchmark(document, *wall, "bytes_read");
    const bool gave_up = warmup_gave_up(document, *wall);
    if (!only_at_first(faults) && !only_at_first(read) && !gave_up) continue;
    const double first_faults =
        faults != nullptr && !faults->samples.empty() ? faults->samples.front() : 0;
    const double first_read = read != nullptr && !read->samples.empty() ? read->samples.front() : 0;
    document.findings.push_back(
        {.id = "run.cold-start",
         .severity = Severity::warning,
         .text =
             gave_up
                 ? fmt::format("{} still read from a disk after the warm-up", benchmark_of(*wall))
                 : fmt::format("the first run of {} was cold: {:.0f} major faults, {} read "
                               "from a disk",
                               benchmark_of(*wall), first_faults, format_quantity(first_read, "B")),
         .evidence = {{"benchmark", Value(benchmark_of(*wall))},
                      {"major_faults", Value(first_faults)},
                      {"read_bytes", Value(first_read)}},
         .remedies = {{.text = "warm the page cache before the runs that count",
                       .command = "run-probe --warmup 3 ..."}}});
  }
}

void judge_spawn_floor(Document& document) {
  // Below this factor most of what changes between runs is the starting of a process.
  constexpr double floors = 5;
  const auto floor = parameter_number(document, "spawn_floor_s");
  if (!floor || !(*floor > 0) || parameter_text(document, "shell") != "none") return;
  for (const auto* wall : metrics_named(document, "wall")) {
    if (wall->count == 0 || wall->median >= floors * *floor) continue;
    document.findings.push_back(
        {.id = "run.spawn-floor",
         .severity = Severity::warning,
         .text = fmt::format("{} takes {}; starting an empty program takes {} here, so much of it "
                             "is the starting",
                             benchmark_of(*wall), format_duration(wall->median * ns_per_second),
                             format_duration(*floor * ns_per_second)),
         .evidence = {{"benchmark", Value(benchmark_of(*wall))},
                      {"wall_s", Value(wall->median)},
                      {"spawn_floor_s", Value(*floor)}},
         .remedies = {{.text = "let the command do its work several times over"},
                      {.text = "keep it on one CPU: where the kernel puts each process varies too",
                       .command = "run-probe --cpu 1 ..."}}});
  }
}

void judge_cpu_split(Document& document) {
  // Most kernels charge a whole tick to user or system, whichever it finds (4 ms at 250 Hz); their
  // sum is exact, the split is not below some ten ticks.
  constexpr double ten_ticks = 0.040;
  for (const auto* cpu : metrics_named(document, "cpu")) {
    if (cpu->count == 0 || !(cpu->median > 0) || cpu->median >= ten_ticks) continue;
    document.findings.push_back(
        {.id = "run.cpu-split",
         .severity = Severity::note,
         .text =
             fmt::format("{} uses {} of CPU time: too little for the split into user and system "
                         "to mean much; their sum is right",
                         benchmark_of(*cpu), format_duration(cpu->median * ns_per_second)),
         .evidence = {{"benchmark", Value(benchmark_of(*cpu))}, {"cpu_s", Value(cpu->median)}}});
  }
}

void judge_multiplexed(Document& document) {
  constexpr std::string_view prefix = "counter_share.";
  constexpr double whole = 0.99;
  for (const auto& [name, value] : document.parameters) {
    const auto* share = std::get_if<double>(&value);
    if (!name.starts_with(prefix) || share == nullptr || *share >= whole) continue;
    const std::string counter = name.substr(prefix.size());
    document.findings.push_back(
        {.id = "run.multiplexed",
         .severity = Severity::warning,
         .text = fmt::format("{} counted in only {:.0f} % of the time, as there were more counters "
                             "than the CPU has: its values are scaled up",
                             counter, 100 * *share),
         .evidence = {{"counter", Value(counter)}, {"share", Value(*share)}},
         .remedies = {{.text = "count fewer events at once"}}});
  }
}

void judge_host_noise(Document& document) {
  constexpr double noisy_percent = 10;
  const auto pressure = parameter_number(document, "cpu_pressure_percent");
  if (pressure && *pressure > noisy_percent) {
    document.findings.push_back(
        {.id = "run.host-noise",
         .severity = Severity::warning,
         .text = fmt::format("in {:.0f} % of the time something on this host waited for a CPU",
                             *pressure),
         .evidence = {{"cpu_pressure_percent", Value(*pressure)}},
         .remedies = {{.text = "stop what else runs here, or compare in pairs",
                       .command = "run-probe --compare ..."}}});
  }
}

void judge_governor(Document& document) {
  const std::string governor = parameter_text(document, "governor");
  if (governor.empty() || governor == "performance") return;
  document.findings.push_back(
      {.id = "run.governor",
       .severity = Severity::note,
       .text = fmt::format("the CPU's frequency governor is '{}': the clock moves with the load",
                           governor),
       .evidence = {{"governor", Value(governor)}},
       .remedies = {{.text = "pin the frequency while measuring",
                     .command = "sudo cpupower frequency-set -g performance"}}});
}

void judge_noise_floor(Document& document) {
  const auto floor = parameter_number(document, "noise_floor_percent");
  const auto margin = parameter_number(document, "margin_percent");
  if (!floor || !margin || *floor <= *margin) return;
  document.findings.push_back(
      {.id = "run.noise-floor",
       .severity = Severity::warning,
       .text = fmt::format("the reference against itself is only known to {:.1f} %, which is more "
                           "than the margin of {:g} %",
                           *floor, *margin),
       .evidence = {{"noise_floor_percent", Value(*floor)}, {"margin_percent", Value(*margin)}},
       .remedies = {{.text = "measure more pairs", .command = "run-probe --pairs 100 ..."}}});
}

void judge_two_modes(Document& document) {
  for (const auto* wall : metrics_named(document, "wall")) {
    const auto modes = stats::two_modes(wall->samples);
    if (!modes) continue;
    document.findings.push_back(
        {.id = "run.two-modes",
         .severity = Severity::note,
         .text = fmt::format("the runs of {} fall into two groups, around {} and {}: a mean says "
                             "little",
                             benchmark_of(*wall), format_duration(modes->first * ns_per_second),
                             format_duration(modes->second * ns_per_second)),
         .evidence = {{"benchmark", Value(benchmark_of(*wall))},
                      {"first_s", Value(modes->first)},
                      {"second_s", Value(modes->second)}}});
  }
}

void judge_lost_numbers(Document& document) {
  for (const auto& metric : document.metrics) {
    if (!metric.name.starts_with("stdout:") || metric.samples.empty()) continue;
    const auto lost = std::ranges::count_if(metric.samples, [](double v) { return std::isnan(v); });
    if (lost == 0) continue;
    document.findings.push_back(
        {.id = "run.lost-numbers",
         .severity = Severity::warning,
         .text = fmt::format("in {} of {} runs of {} no number matched {}", lost,
                             metric.samples.size(), benchmark_of(metric), metric.name),
         .evidence = {{"benchmark", Value(benchmark_of(metric))},
                      {"lost", Value(std::int64_t{lost})}},
         .remedies = {{.text = "try the expression on the command's output"}}});
  }
}

void judge_failed_runs(Document& document) {
  for (const auto* wall : metrics_named(document, "wall")) {
    const std::string number = label(wall->labels, "number");
    const auto failed = parameter_number(document, "failed_runs." + number);
    if (!failed) continue;
    const auto late = parameter_number(document, "timed_out_runs." + number).value_or(0);
    document.findings.push_back(
        {.id = "run.failed-runs",
         .severity = Severity::warning,
         .text =
             fmt::format("{:.0f} of {} runs of {} failed{}: a failure may take less time than "
                         "the work",
                         *failed, wall->samples.size(), benchmark_of(*wall),
                         late > 0 ? fmt::format(", {:.0f} of them by the time limit and left out "
                                                "of the comparison",
                                                late)
                                  : ""),
         .evidence = {{"benchmark", Value(benchmark_of(*wall))},
                      {"failed", Value(*failed)},
                      {"timed_out", Value(late)},
                      {"runs", Value(static_cast<std::int64_t>(wall->samples.size()))}}});
  }
}

void judge_same_name(Document& document) {
  std::map<std::string, std::string> first;  // name -> number
  for (const auto* wall : metrics_named(document, "wall")) {
    const auto [seen, is_new] = first.emplace(benchmark_of(*wall), label(wall->labels, "number"));
    if (is_new) continue;
    document.findings.push_back(
        {.id = "run.same-name",
         .severity = Severity::warning,
         .text =
             fmt::format("commands {} and {} are both named {}: two files cannot be compared by "
                         "such names",
                         seen->second, label(wall->labels, "number"), seen->first),
         .evidence = {{"benchmark", Value(seen->first)}},
         .remedies = {{.text = "name them", .command = "run-probe -n before -n after ..."}}});
  }
}

}  // namespace bytepath::verdict
