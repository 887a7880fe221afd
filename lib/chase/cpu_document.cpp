#include "chase/cpu_document.h"

#include <cmath>

#include "result/document_parts.h"

namespace bytepath::chase {
namespace {

using result::Better;
using result::Document;
using result::single_metric;
using result::Value;
using result::whole;

Value optional_bytes(const std::optional<std::uint64_t>& bytes) {
  return bytes ? whole(*bytes) : Value();
}

result::Metric metric(std::string name, result::Labels labels, const stats::Summary& summary,
                      std::string unit, std::vector<double> samples) {
  return {.name = std::move(name),
          .labels = std::move(labels),
          .unit = std::move(unit),
          .better = Better::lower,
          .median = summary.median,
          .low = summary.low,
          .high = summary.high,
          .count = summary.count,
          .samples = std::move(samples)};
}

result::Series latency_series(const char* what) {
  return {.name = "latency",
          .labels = {{"what", what}},
          .title = "Nanoseconds a load, by the memory that is read again and again",
          .x_label = "memory",
          .x_unit = "B",
          .unit = "ns",
          .x_log = true,
          .y_log = true};
}

// Nobody knows one to the byte.
std::uint64_t rounded_capacity(double bytes) {
  constexpr double kib = 1024;
  return static_cast<std::uint64_t>(std::round(bytes / kib)) * 1024;
}

const CacheClaim* claim_of(const CacheClaims& claims, std::size_t tier) {
  return tier < claims.caches.size() ? &claims.caches[tier] : nullptr;
}

}  // namespace

void add_staircase(Document& document, const Staircase& staircase, const CacheClaims& claims) {
  result::Table table{.name = "tiers",
                      .title = "What a load costs",
                      .columns = {{"tier", ""},
                                  {"latency", "ns"},
                                  {"core_cycles", ""},
                                  {"usual", "ns"},
                                  {"factor", "ratio"},
                                  {"capacity", "B"},
                                  {"by_cpuid", "B"},
                                  {"by_sysfs", "B"}},
                      .rows = {}};
  double before = 0;
  for (std::size_t i = 0; i < staircase.tiers.size(); ++i) {
    const CpuTier& tier = staircase.tiers[i];
    const CacheClaim* claim = tier.capacity ? claim_of(claims, i) : nullptr;
    const auto capacity =
        tier.capacity ? std::optional(rounded_capacity(*tier.capacity)) : std::nullopt;
    table.rows.push_back({tier.name, tier.ns.median, std::round(tier.cycles * 100) / 100,
                          tier.usual_ns, before > 0 ? Value(tier.ns.median / before) : Value(),
                          optional_bytes(capacity),
                          claim != nullptr ? optional_bytes(claim->cpuid) : Value(),
                          claim != nullptr ? optional_bytes(claim->sysfs) : Value()});
    before = tier.ns.median;
    const result::Labels labels = {{"tier", tier.name}};
    document.metrics.push_back(metric("tier_latency", labels, tier.ns, "ns", tier.samples));
    document.metrics.push_back(single_metric("tier_cycles", labels, tier.cycles, "", Better::none));
    if (tier.capacity) {
      document.metrics.push_back(
          single_metric("tier_capacity", labels, *tier.capacity, "B", Better::higher));
    }
  }
  document.tables.push_back(std::move(table));
  document.metrics.push_back(
      single_metric("core_cycle", {}, staircase.cycle_ns, "ns", Better::lower));
  document.parameters["cache_levels"] = whole(claims.caches.size());
  result::Series undisturbed = latency_series("undisturbed");
  result::Series usual = latency_series("usual");
  for (const auto& point : staircase.points) {
    const auto x = static_cast<double>(point.bytes);
    undisturbed.points.push_back(result::single_point(x, point.undisturbed, point.usual.count));
    usual.points.push_back({.x = x,
                            .median = point.usual.median,
                            .low = point.usual.low,
                            .high = point.usual.high,
                            .count = point.usual.count});
  }
  for (const auto& tier : staircase.tiers) {
    if (tier.capacity)
      undisturbed.marks.push_back({.at = *tier.capacity, .text = tier.name + " ends"});
  }
  document.series.push_back(std::move(undisturbed));
  document.series.push_back(std::move(usual));
}

void add_lap_staircase(Document& document, const Staircase& lap) {
  result::Series series = latency_series("lap");
  for (const auto& point : lap.points) {
    series.points.push_back(result::single_point(static_cast<double>(point.bytes),
                                                 point.undisturbed, point.usual.count));
  }
  document.series.push_back(std::move(series));
  result::Table table{.name = "laps",
                      .title = "The same by laps, which find what the lap before left",
                      .columns = {{"tier", ""}, {"latency", "ns"}, {"capacity", "B"}},
                      .rows = {}};
  for (const auto& tier : lap.tiers) {
    table.rows.push_back({tier.name, tier.ns.median,
                          tier.capacity ? whole(rounded_capacity(*tier.capacity)) : Value()});
  }
  document.tables.push_back(std::move(table));
}

void add_checks(Document& document, const Staircase& staircase,
                const std::vector<double>& flushed) {
  const auto summary = stats::summarize(flushed);
  if (summary.count > 0) {
    document.metrics.push_back(metric("flushed_latency", {}, summary, "ns", flushed));
  }
  result::Table table{.name = "checks",
                      .title = "What has to agree",
                      .columns = {{"what", ""}, {"value", ""}, {"expected", ""}},
                      .rows = {}};
  if (!staircase.tiers.empty()) {
    table.rows.push_back({std::string("cycles of a load from the first cache"),
                          std::round(staircase.tiers.front().cycles * 1000) / 1000,
                          std::string("a whole number, within 2 %")});
  }
  if (summary.count > 0 && !staircase.tiers.empty() && !staircase.tiers.back().capacity) {
    table.rows.push_back(
        {std::string("a flushed line over one of the largest sizes"),
         std::round(summary.median / staircase.tiers.back().ns.median * 1000) / 1000,
         std::string("0.95 to 1.08")});
  }
  document.tables.push_back(std::move(table));
}

void add_tlb(Document& document, const TlbCurves& curves, const CacheClaims& claims) {
  result::Table table{.name = "tlb",
                      .title = "Reach of the first data TLB, in pages of 4 KiB",
                      .columns = {{"pages", ""}, {"reach", ""}, {"by_cpuid", ""}},
                      .rows = {}};
  const auto add = [&](const char* pages, const std::vector<TlbPoint>& curve,
                       const std::optional<std::uint64_t>& entries) {
    if (curve.empty()) return;
    const auto knee = tlb_knee(curve);
    table.rows.push_back({std::string(pages),
                          knee ? Value(std::round(*knee)) : Value(std::string("no end found")),
                          entries ? whole(*entries) : Value()});
    if (knee) {
      document.metrics.push_back(
          single_metric("tlb_reach", {{"pages", pages}}, *knee, "", Better::higher));
    }
    result::Series series{.name = "tlb_cost",
                          .labels = {{"pages", pages}},
                          .title = "Cycles a load, by the pages that loads go over",
                          .x_label = "pages of 4 KiB",
                          .x_unit = "",
                          .unit = "cycles",
                          .x_log = true};
    for (const auto& point : curve) {
      series.points.push_back(
          result::single_point(static_cast<double>(point.pages), point.cycles, 1));
    }
    if (knee)
      series.marks.push_back({.at = *knee, .text = fmt::format("{} pages: TLB ends", pages)});
    document.series.push_back(std::move(series));
  };
  constexpr std::uint64_t small_in_huge = 512;
  add("4k", curves.small, claims.small_page_entries);
  add("huge", curves.huge,
      claims.huge_page_entries ? std::optional(*claims.huge_page_entries * small_in_huge)
                               : std::nullopt);
  document.tables.push_back(std::move(table));
}

void add_retention(Document& document, const std::vector<RetentionPoint>& curve, double memory_ns) {
  result::Series series{.name = "retention",
                        .labels = {},
                        .title = "What a load of 256 KiB costs that were not used for a while",
                        .x_label = "unused for",
                        .x_unit = "ns",
                        .unit = "ns",
                        .x_log = true};
  result::Table table{.name = "retention",
                      .title = "",
                      .columns = {{"unused_for", "ns"}, {"latency", "ns"}},
                      .rows = {}};
  for (const auto& point : curve) {
    series.points.push_back({.x = point.wait_ns,
                             .median = point.ns,
                             .low = point.low,
                             .high = point.high,
                             .count = point.count});
    table.rows.push_back({point.wait_ns, point.ns});
  }
  if (const auto half = half_life(curve, memory_ns)) {
    document.metrics.push_back(
        single_metric("retention_half_life", {}, *half, "ns", Better::higher));
  }
  document.series.push_back(std::move(series));
  document.tables.push_back(std::move(table));
}

void add_pairs(Document& document, const std::vector<CorePair>& pairs) {
  result::Table table{.name = "cores",
                      .title = "What another core has written: one way",
                      .columns = {{"cpu", ""},
                                  {"other", ""},
                                  {"fastest", "ns"},
                                  {"median", "ns"},
                                  {"modes", ""},
                                  {"additions_together", "ratio"},
                                  {"threads_of_one_core", ""}},
                      .rows = {}};
  for (const auto& pair : pairs) {
    table.rows.push_back(
        {std::int64_t{pair.one}, std::int64_t{pair.other}, pair.fastest, pair.median,
         pair.modes
             ? Value(fmt::format("{:.0f} and {:.0f} ns", pair.modes->first, pair.modes->second))
             : Value(),
         pair.together, pair.share_a_core()});
    document.metrics.push_back(single_metric("core_to_core",
                                             {{"cpus", fmt::format("{},{}", pair.one, pair.other)}},
                                             pair.median, "ns", Better::lower));
  }
  document.tables.push_back(std::move(table));
}

void add_bandwidth(Document& document, const std::vector<TierBandwidth>& tiers) {
  result::Table table{.name = "bandwidth",
                      .title = "Reading with one thread",
                      .columns = {{"tier", ""}, {"memory", "B"}, {"bandwidth", "GB/s"}},
                      .rows = {}};
  for (const auto& tier : tiers) {
    table.rows.push_back({tier.tier, whole(tier.bytes), tier.gb_s});
    document.metrics.push_back(
        single_metric("tier_bandwidth", {{"tier", tier.tier}}, tier.gb_s, "GB/s", Better::higher));
  }
  document.tables.push_back(std::move(table));
}

void add_loaded(Document& document, const std::vector<LoadedPoint>& points, std::size_t threads) {
  result::Series series{.name = "loaded_latency",
                        .labels = {{"threads", fmt::to_string(threads)}},
                        .title = "Memory while other threads read it",
                        .x_label = "read by others",
                        .x_unit = "GB/s",
                        .unit = "ns"};
  result::Table table{.name = "loaded",
                      .title = "",
                      .columns = {{"read_by_others", "GB/s"}, {"latency", "ns"}},
                      .rows = {}};
  for (const auto& point : points) {
    series.points.push_back({.x = point.load_gb_s,
                             .median = point.ns,
                             .low = point.low,
                             .high = point.high,
                             .count = point.count});
    table.rows.push_back({point.load_gb_s, point.ns});
  }
  document.series.push_back(std::move(series));
  document.tables.push_back(std::move(table));
}

void add_noise(Document& document, const Noise& noise) {
  const auto optional = [](const std::optional<double>& value) {
    return value ? Value(*value) : Value();
  };
  document.parameters["steal_percent"] = optional(noise.steal_percent);
  document.parameters["foreign_cpu_seconds"] = optional(noise.foreign_seconds);
  document.parameters["preempted"] = std::int64_t{noise.preempted};
}

}  // namespace bytepath::chase
