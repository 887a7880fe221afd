#include "verdict/tier_io_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/findings.h"
#include "verdict/parameters.h"
#include "verdict/tier_shares.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Labels;
using result::Severity;
using stats::Histogram;

// Below these, in percent, labels are not what they claim to be.
constexpr double exact_labels = 99.9;
constexpr double exact_second_hop = 99;
// From here on, in percent, a page cache was not empty.
constexpr double resident_at_a_cold_start = 1;
// An open loop waits when the slowest hundredth, counted from when accesses were meant to begin,
// took so many times as long as they took themselves.
constexpr double long_wait = 2;
// Of a lower part of its rate than this, a target did not hold it; else something came between.
constexpr double held = 0.95;
// Waiting for memory that is worth a word: of a run of seconds.
constexpr double noticeable_pressure_us = 10'000;

bool is_service(const Labels& labels) { return label(labels, "time") != "response"; }

// In the order of the document.
std::vector<std::string> engines_of(const Document& document) {
  std::vector<std::string> engines;
  for (const auto& each : document.histograms) {
    const std::string engine = label(each.labels, "engine");
    if (!engine.empty() && std::ranges::find(engines, engine) == engines.end())
      engines.push_back(engine);
  }
  return engines;
}

// "pread 1.64 us, 62.2 us": as many as there are tiers, in their order.
std::string medians_text(const Document& document, const std::string& engine,
                         const std::vector<TierTimes>& tiers) {
  const auto own = times_by_tier(document, [&](const Labels& labels) {
    return is_service(labels) && label(labels, "engine") == engine;
  });
  std::vector<std::string> texts;
  for (const auto& tier : tiers) {
    const auto at = std::ranges::find(own, tier.tier, &TierTimes::tier);
    texts.push_back(at == own.end() ? "n/a" : format_duration(at->times.quantile(0.5)));
  }
  return fmt::format("{} {}", engine, fmt::join(texts, ", "));
}

std::optional<double> reached_rate(const Document& document, const std::string& engine,
                                   const std::string& state) {
  for (const auto& metric : document.metrics) {
    if (metric.name == "reached_rate" && label(metric.labels, "engine") == engine &&
        label(metric.labels, "state") == state)
      return metric.median;
  }
  return std::nullopt;
}

bool is_guessed(const Document& document) {
  return std::ranges::any_of(document.tables, [](const result::Table& table) {
    return std::ranges::any_of(
        table.rows, [&](const auto& row) { return text_of(table, row, "evidence") == "guessed"; });
  });
}

}  // namespace

void judge_io(Document& document) {
  if (!is_mode(document, "io")) return;
  const auto tiers = times_by_tier(document, is_service);
  if (tiers.empty()) return;
  std::vector<std::string> medians;
  for (const auto& engine : engines_of(document))
    medians.push_back(medians_text(document, engine, tiers));
  document.verdict = {
      .state = is_guessed(document) ? "guessed" : "measured",
      .text = fmt::format("{}{}; half of each within: {}", is_guessed(document) ? "guessed: " : "",
                          shares_text(tiers), fmt::join(medians, "; "))};
}

void judge_eviction(Document& document) {
  if (!is_mode(document, "io")) return;
  const std::string damon = parameter_text(document, "damon");
  const double pressure = parameter_number(document, "memory_pressure_us").value_or(0);
  const bool is_pressed = pressure >= noticeable_pressure_us;
  if (damon.empty() && !is_pressed) return;
  std::vector<std::string> causes;
  if (!damon.empty()) causes.push_back(fmt::format("DAMON ({})", damon));
  if (is_pressed)
    causes.push_back(fmt::format("a lack of memory, for which tasks waited {}",
                                 format_duration(1000 * pressure)));
  add_finding(
      document, "tier.io.evicted", Severity::warning,
      fmt::format("pages leave the page cache on this host by themselves: {}; what this run read "
                  "was held meanwhile, and what other programs have there may be gone soon",
                  fmt::join(causes, " and ")),
      {{"damon", damon}, {"memory_pressure_us", pressure}},
      {{.text = "a program that needs pages to stay maps and locks them (mlock)", .command = ""}});
}

void judge_guessed_labels(Document& document) {
  if (!is_mode(document, "io") || !is_guessed(document)) return;
  add_finding(
      document, "tier.io.guessed", Severity::warning,
      "tiers are guessed from the times alone: fast accesses are taken for hits, which is wrong "
      "where one tier is not much slower than another",
      {}, {{.text = "run as root, or as the file's owner", .command = ""}});
}

void judge_queueing(Document& document) {
  if (!is_mode(document, "io")) return;
  const auto rate = parameter_number(document, "rate");
  if (!rate) return;
  std::map<std::pair<std::string, std::string>, std::pair<Histogram, Histogram>> runs;
  for (const auto& each : document.histograms) {
    if (each.name != "tier_latency") continue;
    auto& [service, response] = runs[{label(each.labels, "engine"), label(each.labels, "state")}];
    (is_service(each.labels) ? service : response).add(each.histogram);
  }
  constexpr double tail = 0.99;
  for (const auto& [run, times] : runs) {
    const double service = times.first.quantile(tail);
    const double response = times.second.quantile(tail);
    if (service <= 0 || response < long_wait * service) continue;
    const auto reached = reached_rate(document, run.first, run.second);
    const bool is_held = reached && *reached >= held * *rate;
    add_finding(
        document, "tier.io.queueing", is_held ? Severity::note : Severity::finding,
        fmt::format("{}, {}: at {} accesses a second they wait for each other: of a hundred the "
                    "slowest takes {}, and {} from when it was meant to begin",
                    run.first, run.second, format_number(*rate), format_duration(service),
                    format_duration(response)),
        {{"engine", run.first},
         {"state", run.second},
         {"rate", *rate},
         {"p99_service_ns", service},
         {"p99_response_ns", response}},
        {{.text = is_held ? "a host that does less beside it" : "a lower --rate", .command = ""}});
  }
}

void judge_resident_start(Document& document) {
  if (!is_mode(document, "io")) return;
  for (std::size_t i = 0; i < document.metrics.size(); ++i) {
    const auto& metric = document.metrics[i];
    if (metric.name != "resident_before" || label(metric.labels, "state") != "cold") continue;
    if (!(metric.median >= resident_at_a_cold_start)) continue;
    add_finding(
        document, "tier.io.not-cold", Severity::warning,
        fmt::format("{}: {} of the part that is read stayed in the page cache",
                    label(metric.labels, "engine"), format_quantity(metric.median, "percent")),
        {{"engine", label(metric.labels, "engine")}, {"resident_percent", metric.median}},
        {{.text = "another process has it mapped, or it is on tmpfs", .command = ""}});
  }
}

void judge_labels(Document& document) {
  if (!is_mode(document, "io")) return;
  for (const auto& metric : std::vector(document.metrics)) {
    if (metric.name != "label_agreement") continue;
    const bool second = label(metric.labels, "with") == "backing";
    if (!(metric.median < (second ? exact_second_hop : exact_labels))) continue;
    add_finding(document, "tier.io.labels-differ", Severity::finding,
                fmt::format("{}, {}: {} of the labels agree with mincore of {}",
                            label(metric.labels, "engine"), label(metric.labels, "state"),
                            format_quantity(metric.median, "percent"),
                            second ? "the file behind" : "the file"),
                {{"engine", label(metric.labels, "engine")},
                 {"state", label(metric.labels, "state")},
                 {"with", label(metric.labels, "with")},
                 {"agree_percent", metric.median}});
  }
}

}  // namespace bytepath::verdict
