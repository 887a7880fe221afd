#include "verdict/tier_trace_rules.h"

#include <fmt/format.h>

#include "base/units.h"
#include "verdict/parameters.h"
#include "verdict/tier_shares.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Labels;
using result::Severity;
using stats::Histogram;

bool is_mode(const Document& document, std::string_view mode) {
  return parameter_text(document, "mode") == mode;
}

}  // namespace

void judge_trace(Document& document) {
  if (!is_mode(document, "trace")) return;
  const auto tiers =
      times_by_tier(document, [](const Labels& labels) { return !labels.contains("way"); });
  if (tiers.empty()) {
    document.verdict = {.state = "measured", .text = "no file was read"};
    return;
  }
  const Histogram all = all_of(tiers);
  std::vector<std::string> times;
  for (const auto& tier : tiers)
    times.push_back(
        percent_text(static_cast<double>(tier.times.sum()), static_cast<double>(all.sum())));
  document.verdict = {.state = "measured",
                      .text = fmt::format("{} of {} accesses; {} of their time, {}",
                                          shares_text(tiers), all.count(), fmt::join(times, ", "),
                                          format_duration(static_cast<double>(all.sum())))};
}

void judge_lost_accesses(Document& document) {
  const double lost = parameter_number(document, "lost_events").value_or(0);
  if (lost <= 0 || (!is_mode(document, "io") && !is_mode(document, "trace"))) return;
  document.findings.push_back(
      {.id = "tier.trace.lost-events",
       .severity = Severity::warning,
       .text = fmt::format("the tracer lost {:.0f} events: the counts are too low", lost),
       .evidence = {{"lost", lost}},
       .remedies = {}});
}

void judge_failed_traced_command(Document& document) {
  if (!is_mode(document, "trace")) return;
  const double status = parameter_number(document, "exit_code").value_or(0);
  if (status == 0) return;
  document.findings.push_back({.id = "tier.trace.command-failed",
                               .severity = Severity::warning,
                               .text = fmt::format("the command ended with {:.0f}", status),
                               .evidence = {{"exit_code", status}},
                               .remedies = {}});
}

}  // namespace bytepath::verdict
