#include "chunks/what_if_erasure.h"

#include <array>
#include <cmath>

#include "result/document_parts.h"

namespace bytepath::chunks {
namespace {

using result::Better;
using result::percent;
using result::single_metric;
using result::Value;

struct Percentile {
  const char* label;
  const char* column;
  double part;
};
constexpr std::array percentiles = {Percentile{"50", "p50", 0.5}, Percentile{"99", "p99", 0.99},
                                    Percentile{"99.9", "p99_9", 0.999},
                                    Percentile{"99.99", "p99_99", 0.9999}};
constexpr double told_with_dead_nodes = 0.999;

Value value_of(double number) { return std::isfinite(number) ? Value(number) : Value(); }

}  // namespace

void add_erasure(result::Document& document, const ErasureQuestion& question) {
  const bool dead = question.nodes.dead > 0;
  const Nodes alive{.all = question.nodes.all, .dead = 0};
  result::Table table{.name = "erasure",
                      .title = "Shards over nodes: latency of a fetch, and what dead nodes cost",
                      .columns = {{"code", ""}, {"storage", "ratio"}, {"requests", ""}},
                      .rows = {}};
  for (const auto& each : percentiles) table.columns.push_back({each.column, "ns"});
  if (dead) {
    for (const result::Column& column : {result::Column{"dead_p99_9", "ns"},
                                         {"readable", "percent"},
                                         {"l2_hits", "percent"},
                                         {"dead_l2_hits", "percent"},
                                         {"origin_load", "ratio"}}) {
      table.columns.push_back(column);
    }
  }
  for (const ErasureCode& code : question.codes) {
    const result::Labels labels = {{"code", code.name()}};
    std::vector<Value> row = {code.name(), code.storage(), result::whole(code.stored)};
    for (const auto& each : percentiles) {
      const double latency = latency_quantile(code, alive, question.shard, each.part);
      row.push_back(value_of(latency));
      auto with_percentile = labels;
      with_percentile["percentile"] = each.label;
      document.metrics.push_back(single_metric("erasure_latency", std::move(with_percentile),
                                               latency, "ns", Better::lower));
    }
    const double readable = chance_readable(code, question.nodes);
    const double hits = percent * question.hit_ratio * readable;
    const double load = origin_load(code, question.nodes, question.hit_ratio);
    document.metrics.push_back(
        single_metric("l2_hit_ratio", labels, hits, "percent", Better::higher));
    if (std::isfinite(load)) {
      document.metrics.push_back(
          single_metric("origin_load", labels, load, "ratio", Better::lower));
    }
    if (dead) {
      row.insert(
          row.end(),
          {value_of(latency_quantile(code, question.nodes, question.shard, told_with_dead_nodes)),
           percent * readable, percent * question.hit_ratio, hits, value_of(load)});
    }
    table.rows.push_back(std::move(row));
  }
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::chunks
