#include <algorithm>
#include <array>
#include <map>

#include "compare/suite_readers.h"

namespace bytepath::compare {
namespace {

// Numbers of an entry that are no results; all other numbers are counters of the benchmark.
constexpr std::array<std::string_view, 8> bookkeeping = {
    "iterations",   "threads",   "repetitions", "repetition_index",
    "family_index", "real_time", "cpu_time",    "per_family_instance_index"};

bool is_bookkeeping(std::string_view key) {
  return std::ranges::find(bookkeeping, key) != bookkeeping.end();
}

// The repetitions of one benchmark.
struct Group {
  std::string name;
  const Json* first = nullptr;              // tells it from another of the same name
  std::map<std::string, Measured> metrics;  // by the entry's key
  std::size_t errors = 0;
};

// All groups in the order of the file, and what was met on the way.
struct Groups {
  std::vector<Group> all;
  std::map<std::string, std::size_t> index;
  std::size_t aggregates = 0;
  std::size_t errors = 0;
  std::string first_error;
};

// "copy/4096/repeats:3" -> "copy/4096": how often it was repeated is not what was measured.
std::string without_repeats(std::string name) {
  constexpr std::string_view tag = "/repeats:";
  const auto begin = name.find(tag);
  if (begin == std::string::npos) return name;
  const auto end = name.find_first_not_of("0123456789", begin + tag.size());
  return name.erase(begin, end == std::string::npos ? end : end - begin);
}

Result<std::string> name_of_entry(const Json& entry, std::string_view where) {
  for (const char* key : {"run_name", "name"}) {
    const Json* name = find_member(entry, key);
    if (name == nullptr) continue;
    BYTEPATH_TRY(text, read_text(*name, where, key));
    return without_repeats(std::move(text));
  }
  return unreadable(where, "there is neither 'run_name' nor 'name'");
}

Result<double> seconds_of_unit(const Json& entry, std::string_view where) {
  static constexpr std::array<std::pair<std::string_view, double>, 4> units = {
      {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}}};
  const Json* unit = find_member(entry, "time_unit");
  if (unit == nullptr) return 1e-9;  // the default of Google Benchmark
  BYTEPATH_TRY(text, read_text(*unit, where, "time_unit"));
  const auto known = std::ranges::find(units, text, &std::pair<std::string_view, double>::first);
  if (known != units.end()) return known->second;
  return unreadable(where, fmt::format("the time unit {} is not known", in_quotes(text)),
                    "known are ns, us, ms and s");
}

bool is_true(const Json& entry, const char* key) {
  const Json* value = find_member(entry, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

bool is_aggregate(const Json& entry) {
  const Json* type = find_member(entry, "run_type");
  return type != nullptr && type->is_string() && type->get_ref<const std::string&>() == "aggregate";
}

// Two benchmarks that were registered under one name differ in these (since 1.6).
bool is_same_instance(const Json& a, const Json& b) {
  return std::ranges::all_of(
      std::array{"family_index", "per_family_instance_index"},
      [&](const char* key) { return a.value(key, Json()) == b.value(key, Json()); });
}

// A rate is a count over a time; of a counter nobody says what it is, and more faults, bytes or
// calls for the same work are worse.
Measured metric_of_counter(const std::string& key) {
  if (key.ends_with("_per_second")) {
    return {.metric = key,
            .unit = key.starts_with("bytes") ? "B/s" : "1/s",
            .better = result::Better::higher,
            .kind = Kind::time,
            .samples = {}};
  }
  const bool taken = key == wall_metric || key == "cpu";  // by the times
  return {.metric = taken ? key + " (counter)" : key, .kind = Kind::count, .samples = {}};
}

Result<> add_time(Group& group, const Json& entry, const char* key, std::string_view metric,
                  std::string_view where) {
  const Json* time = find_member(entry, key);
  if (time == nullptr) return {};
  BYTEPATH_TRY(value, read_number(*time, where, key));
  BYTEPATH_TRY(seconds, seconds_of_unit(entry, where));
  auto& measured =
      group.metrics
          .try_emplace(key, Measured{.metric = std::string(metric), .unit = "s", .samples = {}})
          .first->second;
  measured.samples.push_back(value * seconds);
  return {};
}

Result<> add_repetition(Group& group, const Json& entry, std::string_view where) {
  if (find_member(entry, "real_time") == nullptr)
    return unreadable(where, "there is no 'real_time'");
  if (auto added = add_time(group, entry, "real_time", wall_metric, where); !added) return added;
  if (auto added = add_time(group, entry, "cpu_time", "cpu", where); !added) return added;
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_number() || is_bookkeeping(key)) continue;
    auto& measured = group.metrics.try_emplace(key, metric_of_counter(key)).first->second;
    measured.samples.push_back(value.get<double>());
  }
  return {};
}

void note_error(Groups& groups, Group& group, const Json& entry) {
  ++group.errors;
  if (++groups.errors > 1) return;
  for (const char* key : {"error_message", "skip_message"}) {
    const Json* message = find_member(entry, key);
    if (message != nullptr && message->is_string())
      groups.first_error = message->get<std::string>();
  }
}

Result<> add_entry(Groups& groups, const Json& entry, std::string_view where) {
  if (!entry.is_object())
    return unreadable(where, fmt::format("it is {} and not an object", type_of(entry)));
  if (is_aggregate(entry)) {
    ++groups.aggregates;
    return {};
  }
  BYTEPATH_TRY(name, name_of_entry(entry, where));
  const auto [place, is_new] = groups.index.try_emplace(name, groups.all.size());
  if (is_new) groups.all.push_back({.name = name, .first = &entry, .metrics = {}});
  auto& group = groups.all[place->second];
  if (!is_same_instance(*group.first, entry)) {
    return unreadable(where, fmt::format("another benchmark is named {} too", in_quotes(name)),
                      "register each with a name of its own");
  }
  if (is_true(entry, "error_occurred") || is_true(entry, "skipped")) {
    note_error(groups, group, entry);
    return {};
  }
  return add_repetition(group, entry, where);
}

Result<Benchmark> benchmark_of(Group& group, std::string_view where) {
  Benchmark benchmark{.name = group.name, .metrics = {}};
  const auto add = [&](Measured& metric) { return add_metric(benchmark, metric, false, where); };
  for (const char* time : {"real_time", "cpu_time"}) {  // before the counters
    auto node = group.metrics.extract(time);
    if (node.empty()) continue;
    if (auto added = add(node.mapped()); !added) return std::unexpected(added.error());
  }
  for (auto& [key, metric] : group.metrics) {
    if (auto added = add(metric); !added) return std::unexpected(added.error());
  }
  for (auto& metric : benchmark.metrics) metric.left_out += group.errors;
  return benchmark;
}

std::unexpected<Error> nothing_left(const Groups& groups, std::string_view where) {
  if (groups.errors > 0) {
    return unreadable(where, fmt::format("every benchmark ended with an error, the first: {}",
                                         in_quotes(groups.first_error)));
  }
  return unreadable(where, "holds aggregates of repetitions only, not what was measured",
                    "leave out --benchmark_report_aggregates_only");
}

}  // namespace

Result<Suite> read_google_benchmark(const Json& file, std::string_view where) {
  Suite suite{.format = "google-benchmark", .tool = "google-benchmark"};
  if (const Json* date = find_member(file["context"], "date")) {
    BYTEPATH_TRY(started, read_text(*date, where, "date"));
    suite.started = std::move(started);
  }
  Groups groups;
  std::size_t number = 0;
  for (const auto& entry : file["benchmarks"]) {
    const std::string here = fmt::format("{}: benchmark {}", where, ++number);
    if (auto added = add_entry(groups, entry, here); !added) return std::unexpected(added.error());
  }
  for (auto& group : groups.all) {
    if (group.metrics.empty()) continue;  // each repetition ended with an error
    BYTEPATH_TRY(benchmark, benchmark_of(group, where));
    suite.benchmarks.push_back(std::move(benchmark));
  }
  if (suite.benchmarks.empty()) return nothing_left(groups, where);
  return suite;
}

}  // namespace bytepath::compare
