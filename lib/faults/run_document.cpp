#include "faults/run_document.h"

#include "faults/document_parts.h"
#include "faults/file_tables.h"

namespace bytepath::faults {
namespace {

using result::Better;
using result::Document;
using result::share;
using result::Value;

ClassTotals totals_of(const FaultLedger& ledger) {
  ClassTotals totals;
  for (const auto& record : ledger.records()) totals.add(record.faults);
  return totals;
}

void add_classes(Document& document, const FaultLedger& ledger) {
  const ClassTotals totals = totals_of(ledger);
  result::Table table{.name = "classes",
                      .title = "What the faults waited for (times of the kernel's handler)",
                      .columns = {{"class", ""},
                                  {"faults", ""},
                                  {"time", "ns"},
                                  {"share_of_time", "percent"},
                                  {"mean", "ns"},
                                  {"p50", "ns"},
                                  {"p90", "ns"},
                                  {"p99", "ns"},
                                  {"max", "ns"}}};
  for (const FaultClass each : all_fault_classes) {
    const auto& latency = ledger.latencies()[static_cast<std::size_t>(each)];
    if (latency.count() == 0) continue;
    const auto time = static_cast<double>(latency.sum());
    table.rows.push_back({std::string(name(each)), whole(latency.count()), time,
                          share(time, static_cast<double>(totals.all_ns())),
                          time / static_cast<double>(latency.count()), latency.quantile(0.5),
                          latency.quantile(0.9), latency.quantile(0.99), whole(latency.max())});
    const result::Labels labels = {{"class", std::string(name(each))}};
    document.metrics.push_back(single_metric(
        "faults_by_class", labels, static_cast<double>(latency.count()), "", Better::lower));
    document.metrics.push_back(
        single_metric("fault_time_by_class", labels, time, "ns", Better::lower));
  }
  if (!table.rows.empty()) document.tables.push_back(std::move(table));
}

void add_latencies(Document& document, const FaultLedger& ledger) {
  for (const FaultClass each : all_fault_classes) {
    const auto& latency = ledger.latencies()[static_cast<std::size_t>(each)];
    if (latency.count() == 0) continue;
    result::Series series{.name = "latency",
                          .labels = {{"class", std::string(name(each))}},
                          .title = "Faults by the time that the kernel's handler took",
                          .x_label = "from",
                          .x_unit = "ns",
                          .unit = "",
                          .x_log = true,
                          .y_log = true};
    for (const auto& bucket : latency.octaves()) {
      const auto count = static_cast<double>(bucket.count);
      series.points.push_back({.x = static_cast<double>(std::max<std::uint64_t>(bucket.first, 1)),
                               .median = count,
                               .low = count,
                               .high = count,
                               .count = bucket.count});
    }
    document.series.push_back(std::move(series));
  }
}

void add_calls(Document& document, const FaultLedger& ledger) {
  if (ledger.calls().empty()) return;
  result::Table table{.name = "calls",
                      .title = "System calls on these files",
                      .columns = {{"call", ""},
                                  {"count", ""},
                                  {"bytes", "B"},
                                  {"time", "ns"},
                                  {"read", "B"},
                                  {"file", ""}}};
  for (const auto& [key, totals] : ledger.calls()) {
    const std::string& path = ledger.records()[key.first].file.path;
    table.rows.push_back({key.second, whole(totals.count), whole(totals.bytes), whole(totals.ns),
                          whole(totals.pages_read * pages::page_bytes), path});
    document.metrics.push_back(single_metric("call_time", {{"call", key.second}, {"file", path}},
                                             static_cast<double>(totals.ns), "ns", Better::lower));
  }
  document.tables.push_back(std::move(table));
}

// Where else faults were, so that all add up to what getrusage counts.
void add_elsewhere(Document& document, const FaultLedger& ledger, const RunFacts& facts) {
  result::Table table{.name = "elsewhere",
                      .title = "All faults",
                      .columns = {{"where", ""}, {"faults", ""}, {"time", "ns"}}};
  const ClassTotals watched = totals_of(ledger);
  const auto row = [&](const char* where, std::uint64_t faults, const Value& time) {
    table.rows.push_back({std::string(where), whole(faults), time});
  };
  row("the files above", watched.all_faults(), whole(watched.all_ns()));
  row("other files", ledger.other_files().faults, whole(ledger.other_files().ns));
  row("anonymous memory", ledger.anonymous().faults, whole(ledger.anonymous().ns));
  row("no known mapping", ledger.unknown().faults, whole(ledger.unknown().ns));
  row("all traced", ledger.all_faults(),
      whole(watched.all_ns() + ledger.other_files().ns + ledger.anonymous().ns +
            ledger.unknown().ns));
  row("of them in system calls", ledger.from_kernel().faults, whole(ledger.from_kernel().ns));
  if (facts.rusage_faults) row("getrusage's count", *facts.rusage_faults, Value{});
  document.tables.push_back(std::move(table));
}

void add_run_metrics(Document& document, const FaultLedger& ledger, const RunFacts& facts) {
  document.metrics.push_back(single_metric("wall", {}, facts.wall_ns, "ns", Better::lower));
  document.metrics.push_back(single_metric("fault_time_of_one_thread", {},
                                           static_cast<double>(ledger.longest_thread_ns()), "ns",
                                           Better::lower));
  document.metrics.push_back(
      single_metric("all_faults", {}, static_cast<double>(ledger.all_faults()), "", Better::lower));
  if (facts.max_rss_bytes) {
    document.metrics.push_back(single_metric(
        "max_rss", {}, static_cast<double>(*facts.max_rss_bytes), "B", Better::lower));
  }
}

void add_parameters(Document& document, const FaultLedger& ledger, const RunFacts& facts) {
  auto& parameters = document.parameters;
  parameters["mode"] = std::string("run");
  parameters["subject"] = facts.subject;
  parameters["backend"] = facts.backend;
  parameters["knows_causes"] = facts.knows_causes;
  parameters["mapped_is_upper_bound"] = facts.mapped_is_bound;
  parameters["page_bytes"] = static_cast<std::int64_t>(pages::page_bytes);
  parameters["fault_share_of_wall_percent"] =
      share(static_cast<double>(ledger.longest_thread_ns()), facts.wall_ns);
  if (facts.exit_code) parameters["exit_code"] = std::int64_t{*facts.exit_code};
  parameters["lost_faults"] = static_cast<std::int64_t>(facts.losses.faults);
  parameters["lost_other_events"] = static_cast<std::int64_t>(facts.losses.others);
  parameters["lost_mappings"] = static_cast<std::int64_t>(facts.losses.mappings);
  parameters["unresolved_faults"] = static_cast<std::int64_t>(facts.losses.unresolved);
  parameters["unpaired_faults"] = static_cast<std::int64_t>(facts.losses.unpaired);
}

}  // namespace

Document run_document(const FaultLedger& ledger, const RunFacts& facts) {
  Document document;
  add_parameters(document, ledger, facts);
  add_run_metrics(document, ledger, facts);
  const std::vector<FileRecord>& all = ledger.records();
  // Files that were given and never mapped are told in a sentence, not by rows of zeros.
  std::vector<FileRecord> records;
  for (const auto& record : all) {
    const bool faulted = record.faults.all_faults() > 0;
    if (faulted || (record.was_mapped && !facts.all_files)) records.push_back(record);
  }
  add_files_table(document, records);
  add_file_metrics(document, records);
  add_classes(document, ledger);
  add_calls(document, ledger);
  add_part_tables(document, records);
  add_elsewhere(document, ledger, facts);
  add_latencies(document, ledger);
  add_curve(document, ledger.curve().steps(),
            {.name = "faulted_by_time", .title = "Bytes of pages that had faulted by then"});
  add_strips(document, records);
  for (const auto& part : facts.missing) {
    document.not_measured.push_back(
        {.what = part.what, .reason = part.reason, .remedy = part.remedy});
  }
  document.complete = !facts.interrupted && !facts.losses.events();
  return document;
}

}  // namespace bytepath::faults
