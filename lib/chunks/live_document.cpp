#include "chunks/live_document.h"

#include "result/document_parts.h"

namespace bytepath::chunks {

using result::Document;
using result::whole;

namespace {

// More is for programs: people have seen the lines.
constexpr std::size_t most_rows = 100'000;

void add_series(Document& document, const std::vector<LiveFigures>& intervals, const char* name,
                const char* title, const char* unit, double (*value)(const LiveFigures&)) {
  result::Series series{.name = name,
                        .labels = {},
                        .title = title,
                        .x_label = "time",
                        .x_unit = "s",
                        .unit = unit,
                        .points = {}};
  double at = 0;
  for (const auto& figures : intervals) {
    at += figures.seconds;
    series.points.push_back(result::single_point(at, value(figures), figures.reads));
  }
  document.series.push_back(std::move(series));
}

double per_second(std::uint64_t count, const LiveFigures& figures) {
  return figures.seconds > 0 ? static_cast<double>(count) / figures.seconds : 0;
}

}  // namespace

Document live_document(const std::string& mount, const std::vector<LiveFigures>& intervals,
                       const mounts::Losses& losses) {
  Document document;
  document.parameters["mode"] = std::string("live");
  document.parameters["mount"] = mount;
  document.parameters["intervals"] = whole(intervals.size());
  result::Table table{.name = "intervals",
                      .title = "",
                      .columns = {{"seconds", "s"},
                                  {"reads", ""},
                                  {"read", "B"},
                                  {"other_requests", ""},
                                  {"errors", ""},
                                  {"read_p50", "ns"},
                                  {"read_most", "ns"},
                                  {"pages", ""},
                                  {"missed_pages", ""},
                                  {"stall", "ns"},
                                  {"received", "B"}},
                      .rows = {}};
  for (const auto& each : intervals) {
    if (table.rows.size() == most_rows) break;
    table.rows.push_back({each.seconds, whole(each.reads), whole(each.read_bytes),
                          whole(each.other_requests), whole(each.errors), each.read_p50_ns,
                          each.read_most_ns, whole(each.pages), whole(each.missed), each.stall_ns,
                          whole(each.received)});
  }
  document.tables.push_back(std::move(table));
  if (intervals.size() > 1) {
    add_series(document, intervals, "read_rate", "Read through the mount", "B/s",
               [](const LiveFigures& each) { return per_second(each.read_bytes, each); });
    add_series(document, intervals, "read_p50", "Median latency of a READ", "ns",
               [](const LiveFigures& each) { return each.read_p50_ns; });
  }
  if (losses.any()) {
    document.not_measured.push_back({.what = "all events",
                                     .reason = "the ring buffer between the kernel and us was full",
                                     .remedy = "a larger --ring, or --level fuse"});
  }
  return document;
}

}  // namespace bytepath::chunks
