#include "verdict/tier_cpu_rules.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Table;
using Row = std::vector<result::Value>;

// A capacity that differs by more is another cache, or is not ours alone.
constexpr double least_capacity = 0.8;
constexpr double most_capacity = 1.25;
constexpr double whole_cycles = 0.02;
constexpr double least_flushed = 0.95;
constexpr double most_flushed = 1.08;
constexpr double reach_off = 0.15;
constexpr double huge_reach = 1.5;
constexpr double short_half_life_ns = 10e6;
constexpr double much_steal_percent = 2;

const Table* tiers_of(const Document& document) {
  return is_mode(document, "cpu") ? find_table(document, "tiers") : nullptr;
}

std::string bytes_text(double bytes) {
  return format_size(static_cast<std::uint64_t>(std::clamp(bytes, 0.0, 1e18)));
}

std::string tier_text(const Table& tiers, const Row& row) {
  const auto ns = number_of(tiers, row, "latency").value_or(0);
  const auto cycles = number_of(tiers, row, "core_cycles").value_or(0);
  return fmt::format("{} {} ({} cycles)", text_of(tiers, row, "tier"), format_duration(ns),
                     format_number(cycles));
}

}  // namespace

void judge_cache_levels(Document& document) {
  const Table* const tiers = tiers_of(document);
  const auto levels = parameter_number(document, "cache_levels").value_or(0);
  if (tiers == nullptr || levels < 1) return;
  const auto found = static_cast<double>(tiers->rows.size());
  if (found == levels + 1) return;
  document.findings.push_back(
      {.id = "tier.cpu.levels",
       .severity = Severity::warning,
       .text = fmt::format(
           "CPUID tells of {} caches, the latencies have {} steps: {}", levels, found,
           found > levels + 1
               ? "one tier's latency changed while it was measured, or CPUID hides a cache"
               : "others use a cache so much that nothing of it is left, or there is none"),
       .evidence = {{"cache_levels", levels}, {"tiers", found}},
       .remedies = {
           {.text = "measure again, with more rounds", .command = "tier-probe cpu --rounds 24"}}});
}

void judge_cache_capacity(Document& document) {
  const Table* const tiers = tiers_of(document);
  if (tiers == nullptr) return;
  for (const auto& row : tiers->rows) {
    const auto measured = number_of(*tiers, row, "capacity");
    const auto cpuid = number_of(*tiers, row, "by_cpuid");
    const auto sysfs = number_of(*tiers, row, "by_sysfs");
    const auto claimed = sysfs && *sysfs > 0 ? sysfs : cpuid;
    if (!measured || !claimed || *claimed <= 0) continue;
    const double ratio = *measured / *claimed;
    const bool contradict = sysfs && cpuid && *sysfs != *cpuid;
    if (ratio >= least_capacity && ratio <= most_capacity && !contradict) continue;
    const std::string tier = text_of(*tiers, row, "tier");
    std::string text = fmt::format("{} holds {} as measured, {} by {}", tier, bytes_text(*measured),
                                   bytes_text(*claimed), sysfs ? "sysfs" : "CPUID");
    if (contradict) text += fmt::format(" and {} by CPUID", bytes_text(*cpuid));
    if (ratio < least_capacity)
      text += ": the rest is used by others, or belongs to other cores of the package";
    document.findings.push_back({.id = "tier.cpu.capacity",
                                 .severity = Severity::note,
                                 .text = std::move(text),
                                 .evidence = {{"tier", tier},
                                              {"capacity_bytes", *measured},
                                              {"claimed_bytes", *claimed},
                                              {"ratio", ratio}}});
  }
}

void judge_chase_checks(Document& document) {
  const Table* const tiers = tiers_of(document);
  if (tiers == nullptr || tiers->rows.empty()) return;
  const auto cycles = number_of(*tiers, tiers->rows.front(), "core_cycles").value_or(0);
  const bool whole = std::abs(cycles - std::round(cycles)) <= whole_cycles * cycles;
  const auto flushed = metric_of(document, "flushed_latency");
  const auto memory = number_of(*tiers, tiers->rows.back(), "latency");
  const double ratio = flushed && memory && *memory > 0 ? *flushed / *memory : 1;
  if (whole && ratio >= least_flushed && ratio <= most_flushed) return;
  document.findings.push_back(
      {.id = "tier.cpu.self-check",
       .severity = Severity::warning,
       .text = whole
                   ? fmt::format("a flushed line costs {:.2f} times what the largest sizes do: one "
                                 "of them was disturbed, or the last cache is larger than they are",
                                 ratio)
                   : fmt::format("a load from the first cache takes {:.2f} cycles, which is no "
                                 "whole number: the core's clock moved, or it was shared",
                                 cycles),
       .evidence = {{"first_cache_cycles", cycles}, {"flushed_over_memory", ratio}},
       .remedies = {
           {.text = "measure on a core that is left alone", .command = "tier-probe cpu --cpu 1"}}});
}

void judge_tlb_reach(Document& document) {
  if (!is_mode(document, "cpu")) return;
  const Table* const table = find_table(document, "tlb");
  if (table == nullptr) return;
  for (const auto& row : table->rows) {
    const auto reach = number_of(*table, row, "reach");
    const auto claimed = number_of(*table, row, "by_cpuid");
    if (text_of(*table, row, "pages") != "4k" || !reach || !claimed || *claimed <= 0) continue;
    if (std::abs(*reach / *claimed - 1) <= reach_off) continue;
    document.findings.push_back(
        {.id = "tier.tlb.reach",
         .severity = Severity::note,
         .text = fmt::format("the first data TLB reaches {:.0f} pages as measured, {:.0f} by CPUID",
                             *reach, *claimed),
         .evidence = {{"pages", *reach}, {"by_cpuid", *claimed}}});
  }
}

void judge_huge_pages(Document& document) {
  if (!is_mode(document, "cpu")) return;
  const Table* const table = find_table(document, "tlb");
  if (table == nullptr) return;
  std::optional<double> small;
  std::optional<double> huge;
  for (const auto& row : table->rows) {
    const auto reach = number_of(*table, row, "reach");
    (text_of(*table, row, "pages") == "4k" ? small : huge) = reach;
  }
  if (!small || !huge || *huge > huge_reach * *small) return;
  document.findings.push_back(
      {.id = "tier.tlb.not-backed",
       .severity = Severity::note,
       .text =
           fmt::format("huge pages reach no further than small ones ({:.0f} and {:.0f} pages of "
                       "4 KiB): the host does not back them with its own",
                       *huge, *small),
       .evidence = {{"huge", *huge}, {"small", *small}},
       .remedies = {{.text = "ask the provider for memory that is backed by huge pages"}}});
}

void judge_retention(Document& document) {
  if (!is_mode(document, "cpu")) return;
  const auto half = metric_of(document, "retention_half_life");
  if (!half || *half >= short_half_life_ns) return;
  document.findings.push_back(
      {.id = "tier.cpu.short-retention",
       .severity = Severity::note,
       .text =
           fmt::format("half of what nobody uses is out of the caches after {}: others use them",
                       format_duration(*half)),
       .evidence = {{"half_life_ns", *half}}});
}

void judge_chase_noise(Document& document) {
  if (!is_mode(document, "cpu")) return;
  const auto steal = parameter_number(document, "steal_percent");
  if (!steal || *steal < much_steal_percent) return;
  document.findings.push_back(
      {.id = "tier.cpu.steal",
       .severity = Severity::warning,
       .text = fmt::format("the hypervisor ran somebody else for {:.1f} % of the time", *steal),
       .evidence = {{"steal_percent", *steal}}});
}

void judge_cpu_tiers(Document& document) {
  const Table* const tiers = tiers_of(document);
  if (tiers == nullptr || tiers->rows.empty()) return;
  std::string text;
  for (const auto& row : tiers->rows) text += (text.empty() ? "" : ", ") + tier_text(*tiers, row);
  document.verdict = {.state = "measured", .text = std::move(text)};
}

void judge_all_tiers(Document& document) {
  if (!is_mode(document, "all")) return;
  const Table* const tiers = find_table(document, "tiers");
  if (tiers == nullptr || tiers->rows.empty()) return;
  std::string text;
  for (const auto& row : tiers->rows) {
    const std::string of = text_of(*tiers, row, "of");
    const bool remote = of.find("://") != std::string::npos;  // "miss" says nothing by itself
    text += fmt::format("{}{}{} {}", text.empty() ? "" : ", ", text_of(*tiers, row, "tier"),
                        remote ? " of " + of : "",
                        format_duration(number_of(*tiers, row, "latency").value_or(0)));
  }
  document.verdict = {.state = "measured", .text = std::move(text)};
}

}  // namespace bytepath::verdict
