#include "chunks/what_if_caches.h"

#include <algorithm>
#include <memory>
#include <span>

#include "result/document_parts.h"
#include "simulation/stack_distance.h"
#include "simulation/sweep.h"

namespace bytepath::chunks {
namespace {

using result::Better;
using result::Document;
using result::share;
using result::single_metric;
using result::whole;
using simulation::LruCurve;
using simulation::OracleReader;
using simulation::Sweep;

constexpr std::size_t curve_points = 64;
// Above, the curve is that of a sample with about so many requests.
constexpr double exact_requests = 1e6;
// Longer tables are for programs.
constexpr std::size_t most_rows_for_people = 64;

// So many accesses to caches take a moment, after which it is asked whether to go on.
constexpr std::size_t accesses_at_once = std::size_t{1} << 20U;
constexpr std::size_t fewest_at_once = 1024;

// Feeds all requests, to the curve too where there is one; false: stopped.
Result<bool> feed(const RequestSource& source, Sweep& sweep, LruCurve* curve, std::string_view what,
                  const Progress& progress) {
  BYTEPATH_TRY(next, source.open());
  const std::size_t caches = std::max<std::size_t>(sweep.cells().size(), 1);
  const std::size_t at_once = std::max(accesses_at_once / caches, fewest_at_once);
  for (;;) {
    BYTEPATH_TRY(read, next());
    if (read.empty()) break;
    for (std::span<const simulation::OracleRecord> left = read; !left.empty();) {
      const auto records = left.first(std::min(at_once, left.size()));
      left = left.subspan(records.size());
      sweep.add(records);
      const auto requests = sweep.added();
      for (std::size_t i = 0; curve != nullptr && i < records.size(); ++i) {
        curve->access(requests[i], records[i].object);
      }
      if (!progress(sweep.requests(), source.requests, what)) return false;
    }
  }
  sweep.finish();
  return true;
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
      series.points.push_back(
          result::single_point(static_cast<double>(cell.capacity), ratio, sweep.requests()));
      const result::Labels labels = {{"policy", policy},
                                     {"capacity", std::to_string(cell.capacity)}};
      document.metrics.push_back(
          single_metric("miss_ratio", labels, ratio, "percent", Better::lower));
      document.metrics.push_back(single_metric("byte_miss_ratio", labels,
                                               share(cell.missed_bytes, sweep.bytes()), "percent",
                                               Better::lower));
    }
    document.series.push_back(std::move(series));
  }
  document.tables.push_back(std::move(table));
}

// What one pair of caches serves, and what is left.
struct Served {
  double l1 = 0;
  double l2 = 0;
  double origin = 0;
};

Served served(std::uint64_t all, std::uint64_t missed, std::uint64_t missed_twice) {
  return {.l1 = share(all - missed, all),
          .l2 = share(missed - missed_twice, all),
          .origin = share(missed_twice, all)};
}

void add_tier_metrics(Document& document, const std::string& metric, const result::Labels& labels,
                      const Served& part) {
  const auto add = [&](const char* tier, double value, Better better) {
    auto with_tier = labels;
    with_tier["tier"] = tier;
    document.metrics.push_back(
        single_metric(metric, std::move(with_tier), value, "percent", better));
  };
  add("l1", part.l1, Better::higher);
  add("l2", part.l2, Better::none);
  add("origin", part.origin, Better::lower);
}

// A row for each pair of caches: who serves which part.
std::optional<double> add_tiers(Document& document, const Sweep& sweep) {
  result::Table table{.name = "tiers",
                      .title = "Who serves which part of the requests and of the bytes",
                      .columns = {{"policy", ""},
                                  {"l1", "B"},
                                  {"l2", "B"},
                                  {"from_l1", "percent"},
                                  {"from_l2", "percent"},
                                  {"from_origin", "percent"},
                                  {"l1_bytes", "percent"},
                                  {"l2_bytes", "percent"},
                                  {"origin_bytes", "percent"},
                                  {"l2_hit_ratio", "percent"}},
                      .rows = {}};
  std::optional<double> best;
  for (std::size_t i = 0; i < sweep.lower().size(); ++i) {
    const auto& upper = sweep.cells()[i];
    for (const auto& lower : sweep.lower()[i].cells()) {
      const Served requests = served(sweep.requests(), upper.misses, lower.misses);
      const Served bytes = served(sweep.bytes(), upper.missed_bytes, lower.missed_bytes);
      const double ratio = share(upper.misses - lower.misses, upper.misses);
      const std::string policy(name(upper.policy));
      table.rows.push_back({policy, whole(upper.capacity), whole(lower.capacity), requests.l1,
                            requests.l2, requests.origin, bytes.l1, bytes.l2, bytes.origin, ratio});
      const result::Labels labels = {{"policy", policy},
                                     {"l1", std::to_string(upper.capacity)},
                                     {"l2", std::to_string(lower.capacity)}};
      add_tier_metrics(document, "tier_requests", labels, requests);
      add_tier_metrics(document, "tier_bytes", labels, bytes);
      if (upper.misses > 0) best = std::max(best.value_or(0), ratio / result::percent);
    }
  }
  if (table.rows.size() > most_rows_for_people) table.title.clear();
  document.tables.push_back(std::move(table));
  return best;
}

void add_curve(Document& document, const LruCurve& curve,
               const std::vector<std::uint64_t>& capacities, std::uint64_t requests) {
  result::Series series{.name = "lru_curve",
                        .labels = {},
                        .title = "Requests that miss under LRU",
                        .x_label = "size of the cache",
                        .x_unit = "B",
                        .unit = "percent",
                        .x_log = true,
                        .points = {}};
  const auto ratios = curve.miss_ratios();
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    series.points.push_back(result::single_point(static_cast<double>(capacities[i]),
                                                 result::percent * ratios[i], requests));
  }
  document.series.push_back(std::move(series));
}

}  // namespace

RequestSource source_of_file(const std::string& path, std::uint64_t requests) {
  return {.requests = requests, .open = [path]() -> Result<RequestSource::Next> {
            BYTEPATH_TRY(opened, OracleReader::open(path));
            // A std::function is copied, a reader is not.
            return [reader = std::make_shared<OracleReader>(std::move(opened))] {
              return reader->next();
            };
          }};
}

Result<CacheAnswer> add_caches(Document& document, const RequestSource& source,
                               const CacheQuestion& question, const Progress& progress) {
  auto policies = question.policies;
  if (policies.empty()) {
    policies.assign(std::begin(simulation::all_policies), std::end(simulation::all_policies));
  }
  const double sample = std::min(1.0, exact_requests / static_cast<double>(source.requests + 1));
  document.parameters["lru_curve_sample"] = sample;
  auto capacities = question.capacities;
  if (capacities.empty()) {
    Sweep counting({}, {});
    BYTEPATH_TRY(counted, feed(source, counting, nullptr, "counting the objects", progress));
    if (!counted) return CacheAnswer{.complete = false, .best_lower_hit_ratio = {}};
    capacities = simulation::spread_capacities(counting.object_bytes(), question.sizes);
  }
  if (capacities.empty()) return CacheAnswer{};
  Sweep sweep(policies, capacities, question.lower);
  const auto curve_capacities = simulation::spread_capacities(capacities.back(), curve_points);
  LruCurve curve(curve_capacities, sample);
  BYTEPATH_TRY(fed, feed(source, sweep, &curve, "simulating the caches", progress));
  CacheAnswer answer{.complete = fed, .best_lower_hit_ratio = {}};
  add_trace(document, sweep);
  add_miss_ratios(document, sweep, capacities.size());
  if (!question.lower.empty()) answer.best_lower_hit_ratio = add_tiers(document, sweep);
  add_curve(document, curve, curve_capacities, sweep.requests());
  return answer;
}

}  // namespace bytepath::chunks
