#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "base/text.h"
#include "compare/comparison.h"
#include "compare/suite_readers.h"
#include "result/document_parts.h"
#include "result/json_document.h"
#include "stats/order.h"

namespace bytepath::compare {
namespace {

using result::Document;
using result::label;
using result::Labels;
using result::Metric;

template <class T>
T parameter(const Document& document, const char* key, T otherwise) {
  const auto found = document.parameters.find(key);
  const auto* value = found == document.parameters.end() ? nullptr : std::get_if<T>(&found->second);
  return value == nullptr ? otherwise : *value;
}

// The samples of some metrics are parts of the value and not repetitions of it, as those of
// memcpy-probe's slow_page_pairs: a share of pairs, with the time of each pair. They can be told by
// their median, which is not the metric's; samples beyond max_samples are cut off and say nothing.
// A run without a number (NaN) has its sample, and the count leaves it out.
bool are_repetitions(const Metric& metric) {
  const auto summary = stats::summarize(metric.samples);
  if (metric.count != summary.count) return metric.count > summary.count;
  const double of_samples = summary.median;
  return std::abs(of_samples - metric.median) <= 1e-6 * std::abs(metric.median);
}

Measured measured_from(const Metric& metric) {
  const bool repeated = are_repetitions(metric);
  return {.metric = metric.name,
          .unit = metric.unit,
          .better = metric.better,
          .kind = kind_of_metric(metric.name, metric.unit),
          .samples = repeated ? metric.samples : std::vector<double>{},
          .median = metric.median,
          .low = metric.low,
          .high = metric.high,
          .count = metric.count};
}

Suite suite_of(const Document& document) {
  return {.format = "bytepath",
          .tool = document.tool,
          .started = document.started,
          .complete = document.complete,
          .host = document.host,
          .against_itself = {},
          .benchmarks = {},
          .arguments = document.arguments,
          .directory = parameter<std::string>(document, "directory", "")};
}

// "kernel=memcpy offset=8 size=4096"; "grep metric=wall" with a label `benchmark`; the tool where
// there are no labels.
std::string name_of_labels(const Metric& metric, const Document& document) {
  std::string out = label(metric.labels, "benchmark");
  for (const auto& [key, value] : metric.labels) {
    if (key != "benchmark") out += fmt::format("{}{}={}", out.empty() ? "" : " ", key, value);
  }
  return out.empty() ? document.tool : out;
}

Result<Suite> read_any_probe(const Document& document, std::string_view where) {
  Suite suite = suite_of(document);
  std::map<std::string, std::size_t> index;
  for (const auto& metric : document.metrics) {
    const std::string name = name_of_labels(metric, document);
    const auto [place, is_new] = index.try_emplace(name, suite.benchmarks.size());
    if (is_new) suite.benchmarks.push_back({.name = name, .metrics = {}});
    auto added = add_metric(suite.benchmarks[place->second], measured_from(metric), false, where);
    if (!added) return std::unexpected(added.error());
  }
  std::erase_if(suite.benchmarks, [](const Benchmark& one) { return one.metrics.empty(); });
  return suite;
}

// The metrics of one command of a run-probe document.
struct Command {
  Title title;
  std::vector<const Metric*> metrics;
};

// One reading of a run-probe document.
struct Session {
  const Document& document;
  const Json* results;
  std::string_view where;
  std::vector<Command> commands;
  const Metric* reference_copy = nullptr;  // the wall time of the reference's copy (--aa)
};

// The result of hyperfine's shape that belongs to a command, or nullptr.
const Json* result_of(const Session& session, const Title& title) {
  if (session.results == nullptr || title.number > session.results->size()) return nullptr;
  const Json& result = (*session.results)[title.number - 1];
  const Json* command = find_member(result, "command");
  return command != nullptr && *command == title.command ? &result : nullptr;
}

Result<Command> new_command(const Session& session, const Metric& metric, std::uint64_t number) {
  Command command{
      .title = {.command = label(metric.labels, "benchmark"), .parameters = "", .number = number},
      .metrics = {}};
  if (const Json* result = result_of(session, command.title)) {
    BYTEPATH_TRY(parameters, parameters_text(*result, session.where));
    command.title.parameters = std::move(parameters);
  }
  return command;
}

// Metrics without a number are of the session and not of a command; those of which neither more nor
// less is better say when something was and not how much.
Result<> find_commands(Session& session) {
  std::map<std::uint64_t, std::size_t> index;
  for (const auto& metric : session.document.metrics) {
    const auto number = parse_unsigned(label(metric.labels, "number"));
    if (!number || *number == 0 || metric.better == result::Better::none) continue;
    if (label(metric.labels, "again") == "true") {
      if (metric.name == wall_metric) session.reference_copy = &metric;
      continue;
    }
    const auto [place, is_new] = index.try_emplace(*number, session.commands.size());
    if (is_new) {
      BYTEPATH_TRY(command, new_command(session, metric, *number));
      session.commands.push_back(std::move(command));
    }
    session.commands[place->second].metrics.push_back(&metric);
  }
  return {};
}

// A document keeps max_samples; hyperfine's `times` are all there.
Result<Measured> measured_in(const Session& session, const Command& command, const Metric& metric) {
  Measured measured = measured_from(metric);
  const Json* result = metric.name == wall_metric ? result_of(session, command.title) : nullptr;
  const Json* times = result == nullptr ? nullptr : find_member(*result, "times");
  if (times != nullptr && times->size() > metric.samples.size()) {
    BYTEPATH_TRY(all, read_numbers(*times, session.where, "times"));
    measured.samples = std::move(all);
  }
  return measured;
}

Result<Benchmark> benchmark_from(const Session& session, const Command& command, std::string name,
                                 bool paired) {
  Benchmark benchmark{.name = std::move(name), .metrics = {}};
  for (const Metric* metric : command.metrics) {
    BYTEPATH_TRY(measured, measured_in(session, command, *metric));
    auto added = add_metric(benchmark, std::move(measured), paired, session.where);
    if (!added) return std::unexpected(added.error());
  }
  return benchmark;
}

Result<std::size_t> find_reference(const Session& session) {
  const auto number = parameter<std::int64_t>(session.document, "reference", 1);
  for (std::size_t i = 0; i < session.commands.size(); ++i) {
    if (std::cmp_equal(session.commands[i].title.number, number)) return i;
  }
  return unreadable(session.where,
                    fmt::format("the reference, command {}, was not measured", number));
}

std::optional<stats::Effect> against_itself(const Session& session, const Suite& suite) {
  if (!suite.paired || session.reference_copy == nullptr) return std::nullopt;
  for (const auto& wall : suite.benchmarks[suite.reference].metrics) {
    if (wall.metric != wall_metric) continue;
    return compare_with_copy(wall, measured_from(*session.reference_copy), suite.stopping).effect;
  }
  return std::nullopt;
}

Result<Suite> read_run_probe(const Document& document, const Json* results,
                             std::string_view where) {
  Session session{.document = document, .results = results, .where = where, .commands = {}};
  if (auto found = find_commands(session); !found) return std::unexpected(found.error());
  Suite suite = suite_of(document);
  if (session.commands.empty()) return suite;
  suite.paired = parameter<std::string>(document, "order", "") == "paired";
  if (parameter<std::string>(document, "stopping", "") == "anytime")
    suite.stopping = stats::Stopping::anytime;
  std::vector<Title> titles;
  for (const auto& command : session.commands) titles.push_back(command.title);
  BYTEPATH_TRY(names, unique_names(titles, suite.paired, where));
  for (std::size_t i = 0; i < names.size(); ++i) {
    BYTEPATH_TRY(benchmark,
                 benchmark_from(session, session.commands[i], std::move(names[i]), suite.paired));
    suite.benchmarks.push_back(std::move(benchmark));
  }
  BYTEPATH_TRY(reference, find_reference(session));
  suite.reference = reference;
  suite.against_itself = against_itself(session, suite);
  return suite;
}

}  // namespace

Result<Suite> read_document(const Json& json, const Json* results, std::string_view where) {
  auto document = result::from_parsed_json(json, where);
  if (!document) {  // to a comparison it is not the command line that is wrong
    return fail(ErrorKind::unsupported, one_line(document.error().message), document.error().hint);
  }
  return document->tool == "run-probe" ? read_run_probe(*document, results, where)
                                       : read_any_probe(*document, where);
}

}  // namespace bytepath::compare
