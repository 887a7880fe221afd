#include "faults/heat_document.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/units.h"
#include "faults/heat_charts.h"
#include "stats/order.h"

namespace bytepath::faults {
namespace {

std::string name_of(HeatEnd end) {
  switch (end) {
    case HeatEnd::interrupted:
      return "interrupted";
    case HeatEnd::process_ended:
      return "process-ended";
    default:
      return "all-rounds";
  }
}

void add_metric(result::Document& document, std::string name, std::string unit,
                result::Better better, std::vector<double> values) {
  if (values.empty()) return;
  const auto summary = stats::summarize(values);
  document.metrics.push_back({.name = std::move(name),
                              .labels = {},
                              .unit = std::move(unit),
                              .better = better,
                              .median = summary.median,
                              .low = summary.low,
                              .high = summary.high,
                              .count = summary.count,
                              .samples = std::move(values)});
}

void add_metrics(result::Document& document, const std::vector<WindowFigures>& windows,
                 bool by_page) {
  std::vector<double> touched;
  std::vector<double> experts;
  std::vector<double> clear;
  std::vector<double> walk;
  for (const auto& window : windows) {
    touched.push_back(window.touched_bytes);
    if (window.experts_per_layer) experts.push_back(*window.experts_per_layer);
    clear.push_back(window.clear_ns);
    walk.push_back(window.walk_ns);
  }
  using result::Better;
  add_metric(document, "heat_touched_bytes", "B", Better::none, std::move(touched));
  if (by_page) {
    add_metric(document, "heat_experts_per_layer", "experts", Better::none, std::move(experts));
  }
  add_metric(document, "heat_clear_time", "ns", Better::lower, std::move(clear));
  add_metric(document, "heat_walk_time", "ns", Better::lower, std::move(walk));
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  const double share = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  return format_quantity(100 * share, "percent");
}

double mean_of(const std::vector<std::uint64_t>& values) {
  double sum = 0;
  for (const auto value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

}  // namespace

void HeatSummary::add(const HeatWindow& window, std::span<const WatchedFile> files) {
  const WindowParts parts = parts_.add(window, files);
  HeatColumn column = column_of(window, parts);
  for (const auto& heat : window.files) {
    doubts_.present += heat.present;
    doubts_.touched += heat.touched.count();
    doubts_.huge += heat.huge;
    doubts_.fresh += heat.fresh;
    doubts_.unreadable += heat.unreadable;
  }
  WindowFigures figures{.touched_bytes = column.touched_bytes,
                        .experts_per_layer = std::nullopt,
                        .clear_ns = window.clear_ns,
                        .walk_ns = window.walk_ns};
  if (!parts.experts_by_layer.empty()) figures.experts_per_layer = mean_of(parts.experts_by_layer);
  sample_.add(figures);
  columns_.add(std::move(column));
}

void HeatSummary::write(const HeatOutcome& outcome, result::Document& document) const {
  const auto& columns = columns_.columns();
  const bool by_page = !outcome.no_accessed_bits;
  auto& parameters = document.parameters;
  parameters["mode"] = std::string("attach");
  parameters["method"] = std::string(by_page ? "accessed-bits" : "referenced-totals");
  parameters["windows"] = static_cast<std::int64_t>(outcome.windows);
  parameters["windows_sampled"] =
      static_cast<std::int64_t>(std::min<std::uint64_t>(sample_.seen(), HeatSample::max_windows));
  parameters["windows_each"] =
      static_cast<std::int64_t>(columns.empty() ? 1 : columns.front().windows);
  parameters["end"] = name_of(outcome.end);
  parameters["page_bytes"] = static_cast<std::int64_t>(pages::page_bytes);
  add_metrics(document, sample_.windows(), by_page);
  add_touched_by_window(document, columns);
  add_windows_table(document, columns, by_page);
  if (by_page) {
    add_layer_maps(document, columns, parts_.layers());
    add_expert_maps(document, parts_.experts());
    add_tensor_table(document, parts_.tensors(), outcome.windows);
    add_expert_table(document, parts_.experts(), outcome.windows);
  }
  write_doubts(outcome, document);
}

void HeatSummary::write_doubts(const HeatOutcome& outcome, result::Document& document) const {
  auto& doubts = document.not_measured;
  if (outcome.no_accessed_bits) {
    doubts.push_back({.what = "which pages, tensors and experts were touched in each window",
                      .reason = outcome.no_accessed_bits->message,
                      .remedy = outcome.no_accessed_bits->hint});
  }
  if (outcome.damon && !outcome.no_accessed_bits) {
    doubts.push_back({.what = "pages of 4 KiB whose accessed bit DAMON cleared before it was read",
                      .reason = "a DAMON daemon (kdamond) of this host samples all memory",
                      .remedy = "short windows: it takes few pages at a time"});
  }
  if (doubts_.huge > 0) {
    doubts.push_back({.what = "single pages of memory that is mapped by 2 MiB entries",
                      .reason = fmt::format("the CPU marks all of an entry or none of it; {} of "
                                            "the mapped pages",
                                            percent(doubts_.huge, doubts_.present)),
                      .remedy = "fault-probe touch -- COMMAND is exact"});
  }
  if (doubts_.fresh > 0) {
    doubts.push_back({.what = "which of the pages were touched that were mapped within a window",
                      .reason = fmt::format("the kernel marks every page that it maps, 64 KiB or "
                                            "more at a fault; {} of the touched pages",
                                            percent(doubts_.fresh, doubts_.touched)),
                      .remedy = "attach when the program has loaded its files"});
  }
  if (doubts_.unreadable > 0) {
    doubts.push_back({.what = fmt::format("{} pages", doubts_.unreadable),
                      .reason = "their page tables could not be read or changed meanwhile",
                      .remedy = ""});
  }
  if (sample_.seen() > HeatSample::max_windows) {
    doubts.push_back({.what = fmt::format("the medians over all {} windows", sample_.seen()),
                      .reason = fmt::format("they are of {} windows, drawn so that each is as "
                                            "likely as any other",
                                            HeatSample::max_windows),
                      .remedy = "longer windows (--interval)"});
  }
  if (outcome.spoilt > 0) {
    doubts.push_back({.what = fmt::format("{} windows", outcome.spoilt),
                      .reason = "the process executed another program in them",
                      .remedy = ""});
  }
}

}  // namespace bytepath::faults
