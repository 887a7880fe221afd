#include "verdict/tier_trace_rules.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"
#include "verdict/tier_shares.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Labels;
using result::Severity;
using stats::Histogram;

std::string time_shares_text(const std::vector<TierTimes>& tiers, double all) {
  std::vector<std::string> shares;
  for (const auto& tier : tiers)
    shares.push_back(share_text(static_cast<double>(tier.times.sum()), all));
  return fmt::format("{}", fmt::join(shares, ", "));
}

// Of the bytes, in the order of `tiers`: "; 98.8 %, 1.2 % of 158 MiB". Empty where the document
// does not tell.
std::string bytes_text(const Document& document, const std::vector<TierTimes>& tiers) {
  const result::Table* const table = find_table(document, "tiers");
  if (table == nullptr) return "";
  std::map<std::string, double> bytes;
  double all = 0;
  for (const auto& row : table->rows) {
    const double some = number_of(*table, row, "bytes").value_or(0);
    bytes[text_of(*table, row, "tier")] += some;
    all += some;
  }
  std::vector<std::string> shares;
  for (const auto& tier : tiers) shares.push_back(share_text(bytes[tier.tier], all));
  return fmt::format("; {} of {}", fmt::join(shares, ", "), format_quantity(all, "B"));
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
  document.verdict = {.state = "measured",
                      .text = fmt::format("{} of {} accesses{}; {} of {}", shares_text(tiers),
                                          all.count(), bytes_text(document, tiers),
                                          time_shares_text(tiers, static_cast<double>(all.sum())),
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
