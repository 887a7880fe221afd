#include "store_commands.h"

#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "compare/baseline.h"
#include "compare/history.h"
#include "compare/store.h"
#include "compare/suite.h"
#include "compare/timestamp.h"

namespace bytepath::probe_compare {
namespace {

compare::Selection selection_of(const StoreOptions& options) {
  return {.branch = options.branch,
          .machine = options.machine,
          .suite = options.suite,
          .commit = options.commit};
}

result::Document table_of(const std::vector<compare::Entry>& entries, const std::string& name,
                          const std::string& title) {
  result::Document document;
  result::Table table{.name = name,
                      .title = title,
                      .columns = {{"time", ""},
                                  {"branch", ""},
                                  {"commit", ""},
                                  {"suite", ""},
                                  {"machine", ""},
                                  {"path", ""}}};
  for (const auto& entry : entries) {
    table.rows.push_back(
        {entry.time, entry.branch, entry.commit, entry.suite, entry.machine, entry.path});
  }
  document.tables.push_back(std::move(table));
  return document;
}

// When a run began; hyperfine does not say, and then it is when its file was last written.
Result<std::string> time_of(const compare::Suite& suite, const std::string& path) {
  auto began = compare::parse_timestamp(suite.started);
  if (!began) {
    struct stat file{};
    const int found = path == "-" ? ::fstat(STDIN_FILENO, &file) : ::stat(path.c_str(), &file);
    if (found != 0) return fail_errno(errno, "cannot tell the time of {}", path);
    began = std::chrono::sys_seconds(std::chrono::seconds(file.st_mtim.tv_sec));
  }
  if (auto time = compare::entry_time(*began)) return *time;
  return fail(ErrorKind::unsupported,
              fmt::format("{}: its time is in no year of four digits", path));
}

}  // namespace

Result<result::Document> store_files(const StoreOptions& options) {
  if (options.files.empty()) {
    return fail(ErrorKind::usage, "store: there is no file to store",
                "probe-compare store run.json");
  }
  std::vector<compare::Entry> stored;
  for (const auto& path : options.files) {
    BYTEPATH_TRY(content, compare::read_suite_text(path));
    BYTEPATH_TRY(suite, compare::read_suite(content, path == "-" ? "standard input" : path));
    BYTEPATH_TRY(time, time_of(suite, path));
    const std::string machine = compare::filed_machine(suite);
    BYTEPATH_TRY(entry,
                 compare::store(
                     options.folder, content,
                     {.branch = options.branch.empty() ? "main" : options.branch,
                      .machine = options.machine.empty() ? machine : options.machine,
                      .suite = options.suite.empty() ? compare::filed_suite(suite) : options.suite,
                      .time = time,
                      .commit = options.commit.empty() ? "none" : options.commit}));
    stored.push_back(entry);
  }
  auto document = table_of(stored, "stored", "Stored");
  return document;
}

Result<result::Document> list_store(const StoreOptions& options) {
  BYTEPATH_TRY(listing, compare::list(options.folder, selection_of(options)));
  auto document = table_of(listing.entries, "runs", "Runs");
  if (listing.foreign > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("{} other file{}", listing.foreign, listing.foreign == 1 ? "" : "s"),
         .reason = "their names are not those of stored runs",
         .remedy = ""});
  }
  return document;
}

Result<result::Document> show_entry(const StoreOptions& options) {
  std::string path;
  if (options.files.empty()) {
    BYTEPATH_TRY(listing, compare::list(options.folder, selection_of(options)));
    if (listing.entries.empty()) {
      return fail(ErrorKind::unsupported, fmt::format("{}: no such run", options.folder),
                  "see probe-compare list");
    }
    path = options.folder + "/" + listing.entries.back().path;
  } else {
    path = options.folder + "/" + options.files.front();
  }
  BYTEPATH_TRY(suite, compare::load_suite(path));
  result::Document document;
  document.host = suite.host;
  result::Table table{.name = "metrics",
                      .title = fmt::format("{} of {}", suite.tool, suite.started),
                      .columns = {{"benchmark", ""},
                                  {"metric", ""},
                                  {"unit", ""},
                                  {"median", ""},
                                  {"low", ""},
                                  {"high", ""},
                                  {"samples", ""}}};
  for (const auto& benchmark : suite.benchmarks) {
    for (const auto& metric : benchmark.metrics) {
      table.rows.push_back({benchmark.name, metric.metric, metric.unit, metric.median, metric.low,
                            metric.high, static_cast<std::int64_t>(metric.count)});
    }
  }
  document.tables.push_back(std::move(table));
  return document;
}

Result<result::Document> prune_store(const StoreOptions& options) {
  if (!options.keep && options.older_than.count() == 0) {
    return fail(ErrorKind::usage, "prune: nothing says what to remove",
                "give --keep N or --older-than TIME");
  }
  compare::Pruning pruning{.dry = options.dry};
  if (options.keep) pruning.keep = static_cast<std::size_t>(*options.keep);
  if (options.older_than.count() > 0) {
    pruning.older_than = std::chrono::duration_cast<std::chrono::seconds>(options.older_than);
  }
  BYTEPATH_TRY(removed, compare::prune(options.folder, selection_of(options), pruning,
                                       std::chrono::system_clock::now()));
  auto document = table_of(removed, "removed", options.dry ? "Would remove" : "Removed");
  return document;
}

Result<result::Document> show_history(const StoreOptions& options) {
  BYTEPATH_TRY(listing, compare::list(options.folder, selection_of(options)));
  std::vector<compare::HistoryRun> runs;
  std::set<std::string> benchmarks;
  result::Document document;
  for (const auto& entry : listing.entries) {
    auto suite = compare::load_suite(options.folder + "/" + entry.path);
    if (!suite) {
      document.not_measured.push_back(
          {.what = entry.path, .reason = suite.error().message, .remedy = suite.error().hint});
      continue;
    }
    for (const auto& benchmark : suite->benchmarks) benchmarks.insert(benchmark.name);
    runs.push_back({.entry = entry, .suite = *std::move(suite)});
  }
  if (runs.empty()) {
    return fail(ErrorKind::unsupported, fmt::format("{}: no stored run", options.folder),
                "file runs with probe-compare store");
  }
  if (!options.benchmark.empty()) benchmarks = {options.benchmark};
  constexpr std::size_t most_benchmarks = 20;
  if (benchmarks.size() > most_benchmarks) {
    return fail(ErrorKind::usage,
                fmt::format("history: {} benchmarks are too many to show", benchmarks.size()),
                "choose one with --benchmark NAME");
  }
  for (const auto& benchmark : benchmarks) {
    auto added = compare::add_history(document, runs,
                                      {.benchmark = benchmark,
                                       .metric = options.metric,
                                       .smallest_step = options.step.value_or(3) / 100});
    // One of several may lack the metric.
    if (!added && benchmarks.size() == 1) return std::unexpected(added.error());
  }
  if (document.series.empty()) {
    return fail(ErrorKind::unsupported,
                fmt::format("no stored run has the metric '{}'", options.metric),
                "see probe-compare show");
  }
  return document;
}

}  // namespace bytepath::probe_compare
