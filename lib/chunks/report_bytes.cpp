#include <map>

#include "chunks/byte_ladder.h"
#include "chunks/report_parts.h"
#include "mounts/mount_choice.h"
#include "result/document_parts.h"

namespace bytepath::chunks {

using result::Better;
using result::Document;
using result::share;
using result::single_metric;
using result::Value;
using result::whole;

namespace {

Value bytes_or_none(const std::optional<std::uint64_t>& bytes) {
  return bytes ? whole(*bytes) : Value();
}

}  // namespace

void add_ladder(Document& document, const ReportContext& context) {
  const auto steps = byte_ladder(context.trace);
  result::Table table{.name = "ladder",
                      .title = "Bytes on their way, from the program up",
                      .columns = {{"step", ""},
                                  {"where", ""},
                                  {"bytes", "B"},
                                  {"once", "B"},
                                  {"times_above", "ratio"}},
                      .rows = {}};
  std::optional<std::uint64_t> above;
  for (const auto& step : steps) {
    const bool has_ratio = above && *above > 0 && step.bytes && step.name != "image";
    table.rows.push_back(
        {step.name, step.where, bytes_or_none(step.bytes), bytes_or_none(step.unique),
         has_ratio ? Value(static_cast<double>(*step.bytes) / static_cast<double>(*above))
                   : Value()});
    above = step.bytes;
    if (!step.bytes) continue;
    for (auto& column : table.columns) {
      if (column.unit == "B") column.bar = std::max(column.bar, static_cast<double>(*step.bytes));
    }
    document.metrics.push_back(single_metric(step.name + "_bytes", {{"where", step.where}},
                                             static_cast<double>(*step.bytes), "B", Better::lower));
  }
  document.tables.push_back(std::move(table));
}

void add_page_accesses(Document& document, const ReportContext& context) {
  const auto counts = page_accesses(context.trace);
  if (counts.empty()) return;
  result::Table table{.name = "page_cache",
                      .title = "Accesses through the page cache, in pages",
                      .columns = {{"mount", ""},
                                  {"accessed", ""},
                                  {"hit", ""},
                                  {"late", ""},
                                  {"missed_by_reads", ""},
                                  {"missed_by_faults", ""},
                                  {"hit_share", "percent"}},
                      .rows = {}};
  for (const auto& [device, each] : counts) {
    const std::string mount = mounts::mount_name(context.trace, device);
    table.rows.push_back({mount, whole(each.accessed), whole(each.hits()), whole(each.late),
                          whole(each.read_misses), whole(each.fault_misses),
                          share(each.hits(), each.accessed)});
    const auto add = [&](const char* name, std::uint64_t value, Better better) {
      document.metrics.push_back(
          single_metric(name, {{"where", mount}}, static_cast<double>(value), "", better));
    };
    add("page_hits", each.hits(), Better::higher);
    add("page_misses", each.missed(), Better::lower);
    add("page_late", each.late, Better::lower);
  }
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::chunks
