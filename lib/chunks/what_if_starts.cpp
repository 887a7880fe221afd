#include "chunks/what_if_starts.h"

#include <algorithm>
#include <array>
#include <functional>

#include "result/document_parts.h"

namespace bytepath::chunks {
namespace {

using result::Better;
using result::Document;
using result::Labels;
using result::single_metric;
using result::Table;
using result::Value;
using result::whole;

std::string unit_name(Unit unit) {
  return unit == Unit::block ? "block" : name(Grid{.unit = unit, .chunk_bytes = 0});
}

result::Metric time_metric(std::string name, Labels labels, const StartTime& time) {
  result::Metric metric{.name = std::move(name),
                        .labels = std::move(labels),
                        .unit = "ns",
                        .better = Better::lower,
                        .median = time.mean_ns,
                        .low = time.low_ns,
                        .high = time.high_ns,
                        .count = time.runs_ns.size(),
                        .samples = {}};
  return metric;
}

class StartTables {
 public:
  StartTables(Document& document, const StartQuestion& question, bool several)
      : document_(document), question_(question), several_(several) {
    for (const FetchSource& source : question.sources) {
      if (is_code(source)) {
        code_times_.columns.push_back({source.name, "ns"});
        continue;
      }
      for (const char* part : {"", "_low", "_high"}) {
        times_.columns.push_back({source.name + part, "ns"});
      }
    }
    for (Table* table : all_tables()) {
      if (several_) table->columns.insert(table->columns.begin(), {"trace", ""});
    }
  }

  void add_recorded(const StartReads& start) {
    auto row = row_of(start);
    row.insert(
        row.end(),
        {whole(start.reads.size()), whole(start.read_bytes), whole(start.unique_bytes),
         whole(start.duration_ns), whole(start.stall_ns),
         start.longest_stalled_thread_ns > 0 ? whole(start.longest_stalled_thread_ns) : Value()});
    starts_.rows.push_back(std::move(row));
  }

  // The model's own error: READs take what READs of this start took, but which takes how long is
  // drawn. false: stopped, and nothing added.
  bool add_check(const StartReads& start, const std::function<bool()>& goes_on) {
    const std::vector<double> latencies = read_latencies(start);
    const GridParts parts(start, {.unit = Unit::layer, .chunk_bytes = 0});
    const GridReplay replay(start, parts);
    stats::Random random(question_.seed);
    std::vector<double> runs;
    runs.reserve(question_.runs);
    std::vector<double> drawn(latencies.size());
    for (std::size_t run = 0; run < question_.runs; ++run) {
      if (!goes_on()) return false;
      for (double& latency : drawn) latency = latencies[random.below(latencies.size())];
      runs.push_back(replay.run_with(drawn).duration_ns);
    }
    const StartTime time = summarize_runs(std::move(runs));
    const auto recorded = static_cast<double>(start.duration_ns);
    const auto stall = static_cast<double>(start.stall_ns);
    // Outside of its stalls the program takes as long as it did.
    const double predicted_stall = time.mean_ns - (recorded - stall);
    auto row = row_of(start);
    row.insert(row.end(),
               {recorded, time.mean_ns, time.low_ns, time.high_ns, stall, predicted_stall,
                stall > 0 ? Value(result::percent * (predicted_stall / stall - 1)) : Value()});
    check_.rows.push_back(std::move(row));
    return true;
  }

  void add_grid(const StartReads& start, const GridParts& parts) {
    const std::uint64_t bytes = parts.fetched_bytes();
    const double amplification =
        static_cast<double>(bytes) / static_cast<double>(start.unique_bytes);
    auto row = row_of(start, parts.grid());
    row.insert(row.end(),
               {whole(parts.parts().size()), whole(bytes), amplification, whole(parts.rounds())});
    chunks_.rows.push_back(std::move(row));
    const auto add = [&](const char* name, double value, const char* unit) {
      document_.metrics.push_back(
          single_metric(name, labels_of(start, parts.grid()), value, unit, Better::lower));
    };
    add("fetches", static_cast<double>(parts.parts().size()), "");
    add("fetched_bytes", static_cast<double>(bytes), "B");
    add("amplification", amplification, "ratio");
    add("rounds", static_cast<double>(parts.rounds()), "");
  }

  // One of each source: l2, its codes, l3.
  void add_times(const StartReads& start, const Grid& grid, std::span<const StartTime> times) {
    auto row = row_of(start, grid);
    auto of_codes = row;
    for (std::size_t i = 0; i < times.size(); ++i) {
      const FetchSource& source = question_.sources[i];
      add_time(start, grid, source.name, times[i]);
      if (is_code(source)) {
        of_codes.emplace_back(times[i].mean_ns);
      } else {
        row.insert(row.end(), {times[i].mean_ns, times[i].low_ns, times[i].high_ns});
      }
    }
    times_.rows.push_back(std::move(row));
    if (std::ranges::any_of(question_.sources, is_code)) {
      code_times_.rows.push_back(std::move(of_codes));
    }
  }

  void add_prefetch(const StartReads& start, const GridParts& parts, const std::string& tier,
                    const PrefetchPlan& plan, const StartTime& without, const StartTime& with) {
    auto row = row_of(start, parts.grid());
    row.insert(row.end(),
               {tier, whole(parts.parts().size()), whole(plan.left), with.critical_fetches,
                whole(plan.bytes), whole(plan.wasted_bytes), without.mean_ns, with.mean_ns,
                result::percent * (1 - with.mean_ns / without.mean_ns)});
    prefetch_.rows.push_back(std::move(row));
    auto labels = labels_of(start, parts.grid());
    labels["tier"] = tier;
    document_.metrics.push_back(time_metric("prefetch_start_time", labels, with));
  }

  // What does not depend on a tier.
  void add_plan(const StartReads& start, const Grid& grid, const PrefetchPlan& plan) {
    const auto add = [&](const char* name, double value, const char* unit) {
      document_.metrics.push_back(
          single_metric(name, labels_of(start, grid), value, unit, Better::lower));
    };
    add("prefetch_left", static_cast<double>(plan.left), "");
    add("prefetch_bytes", static_cast<double>(plan.bytes), "B");
    add("prefetch_wasted_bytes", static_cast<double>(plan.wasted_bytes), "B");
  }

  void finish() {
    for (Table* table : all_tables()) {
      if (!table->rows.empty()) document_.tables.push_back(std::move(*table));
    }
  }

 private:
  std::vector<Value> row_of(const StartReads& start) const {
    if (!several_) return {};
    return {start.trace};
  }
  std::vector<Value> row_of(const StartReads& start, const Grid& grid) const {
    auto row = row_of(start);
    row.emplace_back(unit_name(grid.unit));
    row.push_back(grid.unit == Unit::block ? whole(grid.chunk_bytes) : Value());
    return row;
  }
  Labels labels_of(const StartReads& start, const Grid& grid) const {
    Labels labels;
    if (several_) labels["trace"] = start.trace;
    if (grid.unit == Unit::block) {
      labels["chunk"] = std::to_string(grid.chunk_bytes);
    } else {
      labels["unit"] = unit_name(grid.unit);
    }
    return labels;
  }

  std::array<Table*, 6> all_tables() {
    return {&starts_, &check_, &chunks_, &times_, &code_times_, &prefetch_};
  }
  static bool is_code(const FetchSource& source) { return source.code.stored > 1; }

  void add_time(const StartReads& start, const Grid& grid, const std::string& tier,
                const StartTime& time) {
    auto labels = labels_of(start, grid);
    labels["tier"] = tier;
    document_.metrics.push_back(time_metric("start_time", labels, time));
    if (grid.unit != Unit::block) return;
    labels.erase("chunk");
    auto& series = document_.series;
    auto found = std::ranges::find_if(series, [&](const result::Series& each) {
      return each.name == "start_time" && each.labels == labels;
    });
    if (found == series.end()) {
      series.push_back({.name = "start_time",
                        .labels = labels,
                        .title = "Time of a start, by the size of a chunk",
                        .x_label = "chunk",
                        .x_unit = "B",
                        .unit = "ns",
                        .x_log = true,
                        .y_log = true,
                        .points = {}});
      found = std::prev(series.end());
    }
    found->points.push_back({.x = static_cast<double>(grid.chunk_bytes),
                             .median = time.mean_ns,
                             .low = time.low_ns,
                             .high = time.high_ns,
                             .count = time.runs_ns.size()});
  }

  Document& document_;
  const StartQuestion& question_;
  bool several_;
  Table starts_{.name = "starts",
                .title = "What was recorded",
                .columns = {{"reads", ""},
                            {"read", "B"},
                            {"different", "B"},
                            {"duration", "ns"},
                            {"stall", "ns"},
                            {"longest_stalled_thread", "ns"}},
                .rows = {}};
  Table check_{.name = "model_check",
               .title = "The recorded start, with its own latencies drawn anew",
               .columns = {{"recorded_start", "ns"},
                           {"predicted_start", "ns"},
                           {"low", "ns"},
                           {"high", "ns"},
                           {"recorded_stall", "ns"},
                           {"predicted_stall", "ns"},
                           {"error", "percent_change"}},
               .rows = {}};
  Table chunks_{.name = "chunks",
                .title = "What a start fetches, by what is fetched at once",
                .columns = {{"unit", ""},
                            {"chunk", "B"},
                            {"fetches", ""},
                            {"fetched", "B"},
                            {"amplification", "ratio"},
                            {"rounds", ""}},
                .rows = {}};
  Table times_{.name = "start_times",
               .title = "How long the start would take, and where 95 of 100 such starts lie",
               .columns = {{"unit", ""}, {"chunk", "B"}},
               .rows = {}};
  Table code_times_{.name = "code_start_times",
                    .title = "The same with the second cache in shards",
                    .columns = {{"unit", ""}, {"chunk", "B"}},
                    .rows = {}};
  Table prefetch_{.name = "prefetch",
                  .title = "The same with what the list names fetched from the begin on",
                  .columns = {{"unit", ""},
                              {"chunk", "B"},
                              {"tier", ""},
                              {"fetches", ""},
                              {"not_in_list", ""},
                              {"on_demand", ""},
                              {"prefetched", "B"},
                              {"wasted", "B"},
                              {"without", "ns"},
                              {"with", "ns"},
                              {"saved", "percent"}},
                  .rows = {}};
};

// All of one grid; false: stopped.
bool add_grid(StartTables& tables, const StartReads& start, const Grid& grid,
              const StartQuestion& question, const std::function<bool()>& goes_on) {
  const GridParts parts(start, grid);
  tables.add_grid(start, parts);
  const GridReplay replay(start, parts);
  PrefetchPlan plan;
  if (question.prefetch != nullptr) {
    plan = plan_prefetch(start, parts, *question.prefetch);
    tables.add_plan(start, grid, plan);
  }
  std::vector<StartTime> times;
  for (const FetchSource& source : question.sources) {
    ReplayOptions options{
        .hit = question.hit, .source = source, .prefetch = nullptr, .parallel = question.parallel};
    auto without = start_time(replay, options, question.runs, question.seed, goes_on);
    if (!without) return false;
    times.push_back(std::move(*without));
    if (question.prefetch == nullptr || source.code.stored > 1) continue;
    options.prefetch = &plan;
    const auto with = start_time(replay, options, question.runs, question.seed, goes_on);
    if (!with) return false;
    tables.add_prefetch(start, parts, source.name, plan, times.back(), *with);
  }
  tables.add_times(start, grid, times);
  return true;
}

}  // namespace

bool add_starts(Document& document, std::span<const StartReads> starts,
                const StartQuestion& question, const Progress& progress) {
  StartTables tables(document, question, starts.size() > 1);
  const std::size_t total = starts.size() * question.grids.size();
  std::size_t done = 0;
  const auto goes_on = [&] { return progress(done, total, "replaying the start on other grids"); };
  bool going_on = true;
  for (const StartReads& start : starts) {
    tables.add_recorded(start);
    going_on = going_on && tables.add_check(start, goes_on);
    for (const Grid& grid : question.grids) {
      going_on = going_on && goes_on() && add_grid(tables, start, grid, question, goes_on);
      if (!going_on) break;
      ++done;
    }
  }
  tables.finish();
  return going_on;
}

}  // namespace bytepath::chunks
