#include "chunks/what_if.h"

#include <algorithm>

#include "simulation/oracle_general.h"
#include "simulation/stack_distance.h"
#include "simulation/sweep.h"

namespace bytepath::chunks {
namespace {

using result::Better;
using result::Document;
using result::Value;
using simulation::LruCurve;
using simulation::OracleReader;
using simulation::Sweep;

constexpr double percent = 100;
constexpr std::size_t curve_points = 64;
// Above, the curve is that of a sample with about so many requests.
constexpr double exact_requests = 1e6;

Value whole(std::uint64_t number) { return static_cast<std::int64_t>(number); }

double share(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0 : percent * static_cast<double>(part) / static_cast<double>(all);
}

// Feeds the whole file, to the curve too where there is one; false: stopped.
Result<bool> feed(OracleReader reader, Sweep& sweep, LruCurve* curve, std::string_view what,
                  const Progress& progress) {
  for (;;) {
    BYTEPATH_TRY(records, reader.next());
    if (records.empty()) return true;
    sweep.add(records);
    const auto requests = sweep.added();
    for (std::size_t i = 0; curve != nullptr && i < records.size(); ++i) {
      curve->access(requests[i], records[i].object);
    }
    if (!progress(sweep.requests(), reader.records(), what)) return false;
  }
}

void add_trace(Document& document, const Sweep& sweep) {
  document.tables.push_back(
      {.name = "trace",
       .title = "The trace",
       .columns = {{"requests", ""}, {"objects", ""}, {"requested", "B"}, {"objects_size", "B"}},
       .rows = {{whole(sweep.requests()), whole(sweep.objects()), whole(sweep.bytes()),
                 whole(sweep.object_bytes())}}});
}

// A row a capacity, a column a policy.
void add_miss_ratios(Document& document, const Sweep& sweep, std::size_t capacities) {
  result::Table table{.name = "miss_ratios",
                      .title = "Requests that miss, by the size of the cache",
                      .columns = {{"capacity", "B"}, {"of_all", "percent"}},
                      .rows = {}};
  const auto& cells = sweep.cells();
  for (std::size_t row = 0; row < capacities; ++row) {
    table.rows.push_back(
        {whole(cells[row].capacity), share(cells[row].capacity, sweep.object_bytes())});
  }
  for (std::size_t first = 0; first < cells.size(); first += capacities) {
    const std::string policy(name(cells[first].policy));
    table.columns.push_back({policy, "percent"});
    result::Series series{.name = "miss_ratio",
                          .labels = {{"policy", policy}},
                          .title = "Requests that miss",
                          .x_label = "size of the cache",
                          .x_unit = "B",
                          .unit = "percent",
                          .x_log = true,
                          .points = {}};
    for (std::size_t row = 0; row < capacities; ++row) {
      const auto& cell = cells[first + row];
      const double ratio = share(cell.misses, sweep.requests());
      table.rows[row].emplace_back(ratio);
      series.points.push_back({.x = static_cast<double>(cell.capacity),
                               .median = ratio,
                               .low = ratio,
                               .high = ratio,
                               .count = sweep.requests()});
      document.metrics.push_back(
          {.name = "miss_ratio",
           .labels = {{"policy", policy}, {"capacity", std::to_string(cell.capacity)}},
           .unit = "percent",
           .better = Better::lower,
           .median = ratio,
           .low = ratio,
           .high = ratio,
           .count = 1,
           .samples = {ratio}});
    }
    document.series.push_back(std::move(series));
  }
  document.tables.push_back(std::move(table));
}

void add_curve(Document& document, const LruCurve& curve,
               const std::vector<std::uint64_t>& capacities, std::uint64_t requests) {
  result::Series series{.name = "lru_curve",
                        .title = "Requests that miss under LRU",
                        .x_label = "size of the cache",
                        .x_unit = "B",
                        .unit = "percent",
                        .x_log = true,
                        .points = {}};
  const auto ratios = curve.miss_ratios();
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    const double ratio = percent * ratios[i];
    series.points.push_back({.x = static_cast<double>(capacities[i]),
                             .median = ratio,
                             .low = ratio,
                             .high = ratio,
                             .count = requests});
  }
  document.series.push_back(std::move(series));
}

}  // namespace

Result<Document> what_if(const WhatIfOptions& options, const Progress& progress) {
  auto policies = options.policies;
  if (policies.empty()) {
    policies.assign(std::begin(simulation::all_policies), std::end(simulation::all_policies));
  }
  BYTEPATH_TRY(reader, OracleReader::open(options.trace));
  const double sample = std::min(1.0, exact_requests / static_cast<double>(reader.records() + 1));
  Document document;
  document.parameters["mode"] = std::string("whatif");
  document.parameters["trace"] = options.trace;
  document.parameters["lru_curve_sample"] = sample;
  auto capacities = options.capacities;
  if (capacities.empty()) {
    Sweep counting({}, {});
    BYTEPATH_TRY(counted,
                 feed(std::move(reader), counting, nullptr, "counting the objects", progress));
    capacities = simulation::spread_capacities(counting.object_bytes(), options.sizes);
    document.complete = counted;
    BYTEPATH_TRY(again, OracleReader::open(options.trace));
    reader = std::move(again);
  }
  if (!document.complete || capacities.empty()) return document;
  Sweep sweep(policies, capacities);
  const auto curve_capacities = simulation::spread_capacities(capacities.back(), curve_points);
  LruCurve curve(curve_capacities, sample);
  BYTEPATH_TRY(fed, feed(std::move(reader), sweep, &curve, "simulating the caches", progress));
  document.complete = fed;
  add_trace(document, sweep);
  add_miss_ratios(document, sweep, capacities.size());
  add_curve(document, curve, curve_capacities, sweep.requests());
  return document;
}

}  // namespace bytepath::chunks
