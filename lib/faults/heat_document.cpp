#include "faults/heat_document.h"

#include <algorithm>
#include <string>
#include <utility>

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
                result::Better better, const std::vector<double>& values) {
  if (values.empty()) return;
  const auto summary = stats::summarize(values);
  const auto kept = std::min(values.size(), result::max_samples);
  document.metrics.push_back(
      {.name = std::move(name),
       .labels = {},
       .unit = std::move(unit),
       .better = better,
       .median = summary.median,
       .low = summary.low,
       .high = summary.high,
       .count = summary.count,
       .samples = {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(kept)}});
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
  touched_bytes_.push_back(column.touched_bytes);
  clear_ns_.push_back(window.clear_ns);
  walk_ns_.push_back(window.walk_ns);
  if (!parts.experts_by_layer.empty())
    experts_per_layer_.push_back(mean_of(parts.experts_by_layer));
  columns_.add(std::move(column));
}

void HeatSummary::write(const HeatOutcome& outcome, result::Document& document) const {
  const auto& columns = columns_.columns();
  const bool by_page = !outcome.no_accessed_bits;
  auto& parameters = document.parameters;
  parameters["mode"] = std::string("attach");
  parameters["method"] = std::string(by_page ? "accessed-bits" : "referenced-totals");
  parameters["windows"] = static_cast<std::int64_t>(outcome.windows);
  parameters["windows_each"] =
      static_cast<std::int64_t>(columns.empty() ? 1 : columns.front().windows);
  parameters["end"] = name_of(outcome.end);
  parameters["page_bytes"] = static_cast<std::int64_t>(pages::page_bytes);
  using result::Better;
  add_metric(document, "heat_touched_bytes", "B", Better::none, touched_bytes_);
  if (by_page)
    add_metric(document, "heat_experts_per_layer", "experts", Better::none, experts_per_layer_);
  add_metric(document, "heat_clear_time", "ns", Better::lower, clear_ns_);
  add_metric(document, "heat_walk_time", "ns", Better::lower, walk_ns_);
  add_touched_by_window(document, columns);
  add_windows_table(document, columns, by_page);
  if (by_page) {
    add_layer_map(document, columns, parts_.layers());
    add_expert_map(document, parts_.experts());
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
  if (outcome.spoilt > 0) {
    doubts.push_back({.what = fmt::format("{} windows", outcome.spoilt),
                      .reason = "the process executed another program in them",
                      .remedy = ""});
  }
}

}  // namespace bytepath::faults
