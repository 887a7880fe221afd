#include "faults/what_if.h"

#include <algorithm>

#include "benchmark/session_document.h"
#include "faults/document_parts.h"
#include "faults/file_tables.h"
#include "faults/touch_run.h"
#include "faults/traced_run.h"
#include "stats/order.h"

namespace bytepath::faults {
namespace {

using result::Document;
using result::Value;

// What is measured in silence: the report is about all of it.
class Silent final : public benchmark::Observer {
 public:
  void begins(const benchmark::BenchmarkResult&) override {}
  Result<> finished(const std::vector<benchmark::BenchmarkResult>&) override { return {}; }
};

std::string arm_name(intercept::Policy policy, CacheBefore cache) {
  return fmt::format("{}, {}", intercept::name(policy), name(cache));
}

benchmark::Plan plan_of(const WhatIfOptions& options, CacheBefore cache) {
  benchmark::Plan plan{.has_reference = true,
                       .warmup = 0,
                       .order = benchmark::Order::paired,
                       .compares = true,
                       .seed = options.seed};
  plan.comparison.pairs = options.pairs;
  plan.failures = options.failures;
  for (const auto policy : options.policies) {
    plan.commands.push_back(
        {.name = arm_name(policy, cache), .expression = intercept::name(policy), .parameters = {}});
    plan.outputs.emplace_back();
  }
  return plan;
}

// The same table of two sessions is one table.
void merge(Document& to, Document from) {
  std::ranges::move(from.metrics, std::back_inserter(to.metrics));
  to.parameters.merge(from.parameters);
  to.complete = to.complete && from.complete;
  for (auto& table : from.tables) {
    const auto same = std::ranges::find(to.tables, table.name, &result::Table::name);
    if (same == to.tables.end()) {
      to.tables.push_back(std::move(table));
    } else {
      std::ranges::move(table.rows, std::back_inserter(same->rows));
    }
  }
}

// Of the traced run under a policy.
struct Stall {
  std::optional<double> faults_ns;  // of the thread that waited most
  std::optional<double> calls_ns;   // of mmap, madvise and the like on the files
  std::optional<double> read_bytes;
};

std::optional<double> sum_of(const Document& document, std::string_view metric) {
  std::optional<double> sum;
  for (const auto& each : document.metrics) {
    if (each.name == metric) sum = sum.value_or(0) + each.median;
  }
  return sum;
}

Stall stall_of(const Document& traced) {
  return {.faults_ns = sum_of(traced, "fault_time_of_one_thread"),
          .calls_ns = sum_of(traced, "call_time"),
          .read_bytes = sum_of(traced, "read_bytes")};
}

Value value_of(const std::optional<double>& number) {
  if (!number) return {};
  return *number;
}

double median_of(const benchmark::BenchmarkResult& result, double benchmark::Run::* field) {
  std::vector<double> values;
  for (const auto& run : result.runs) values.push_back(run.*field);
  return stats::median(values);
}

// Measures one state of the page cache after the other.
class Comparison {
 public:
  Comparison(WatchedFiles& watched, const CommandLine& command, const WhatIfOptions& options,
             const Progress& progress)
      : watched_(watched), command_(command), options_(options), progress_(progress) {}

  Result<WhatIf> run() {
    if (auto found = find_touched(); !found) return std::unexpected(found.error());
    for (const auto cache : options_.caches) {
      if (!answer_.error && going_on()) measure(cache);
    }
    Document& document = answer_.document;
    document.parameters["mode"] = std::string("whatif");
    document.parameters["subject"] = command_.text();
    document.complete = document.complete && !answer_.error && going_on();
    if (!policies_.rows.empty()) {
      document.tables.insert(document.tables.begin(), std::move(policies_));
    }
    for (auto& table : document.tables) {
      if (table.name == "commands") table.title.clear();
    }
    return std::move(answer_);
  }

 private:
  bool going_on() const { return progress_(0, 0, "whatif"); }

  // Error (usage): the command cannot be run at all.
  Result<> find_touched() {
    auto touch = touch_command(watched_, command_, true, progress_);
    if (!touch) {
      if (touch.error().kind == ErrorKind::usage) return std::unexpected(touch.error());
      add_missing(answer_.document, "touched pages", touch.error());
      return {};
    }
    for (const auto& record : touch->records) {
      touched_ =
          touched_.value_or(0) + static_cast<double>(record.touched->count() * pages::page_bytes);
    }
    if (touch->records.empty() && going_on()) {
      answer_.error = Error{.kind = ErrorKind::unsupported,
                            .message = fmt::format("{} was never mapped by {}",
                                                   watched_.files().front().path, command_.text()),
                            .hint = "how a file is mapped matters only where it is mapped"};
    }
    add_file_metrics(answer_.document, touch->records);
    return {};
  }

  void measure(CacheBefore cache) {
    const auto plan = plan_of(options_, cache);
    PolicyExecutor executor(watched_, command_, cache, options_.drop_all,
                            [&] { return !going_on(); });
    Silent silent;
    const auto session = run_session(plan, executor, silent, progress_);
    merge(answer_.document, to_document(plan, session, {}));
    answer_.error = session.error;
    for (std::size_t i = 0; i < session.results.size(); ++i) {
      if (session.results[i].runs.empty() || !going_on()) continue;
      add_row(session.results[i], options_.policies[i], cache);
    }
  }

  Stall trace(intercept::Policy policy, CacheBefore cache) {
    if (auto ready = prepare_cache(watched_, cache, options_.drop_all, progress_); !ready) {
      add_missing(answer_.document, fmt::format("stall of {}", arm_name(policy, cache)),
                  ready.error());
      return {};
    }
    auto traced = trace_command(
        watched_, command_, {.backend = options_.backend, .policy = policy, .quiet_command = true},
        progress_);
    if (!traced) {
      add_missing(answer_.document, fmt::format("stall of {}", arm_name(policy, cache)),
                  traced.error());
      return {};
    }
    take_gaps(arm_name(policy, cache), traced->document);
    return stall_of(traced->document);
  }

  // What the traced runs could not see, each thing once.
  void take_gaps(const std::string& arm, const Document& traced) {
    auto& gaps = answer_.document.not_measured;
    for (const auto& gap : traced.not_measured) {
      const auto same = [&](const auto& known) {
        return known.what == gap.what && known.reason == gap.reason;
      };
      if (std::ranges::none_of(gaps, same)) gaps.push_back(gap);
    }
    if (traced.complete || !going_on()) return;
    gaps.push_back({.what = fmt::format("all faults of {}", arm),
                    .reason = "events of the traced run were lost: its figures are too low",
                    .remedy = ""});
    answer_.document.complete = false;
  }

  void add_row(const benchmark::BenchmarkResult& result, intercept::Policy policy,
               CacheBefore cache) {
    constexpr double ns_per_second = 1e9;
    Stall stall = trace(policy, cache);
    // Whatever the command read from disks, not this file alone: better than nothing.
    if (!stall.read_bytes) stall.read_bytes = median_of(result, &benchmark::Run::bytes_read);
    std::optional<double> amplification;
    if (stall.read_bytes && touched_ && *touched_ > 0) {
      amplification = *stall.read_bytes / *touched_;
    }
    policies_.rows.push_back({std::string(name(cache)), std::string(intercept::name(policy)),
                              ns_per_second * median_of(result, &benchmark::Run::wall),
                              value_of(stall.read_bytes), value_of(amplification),
                              value_of(stall.faults_ns), value_of(stall.calls_ns),
                              median_of(result, &benchmark::Run::max_rss),
                              static_cast<std::int64_t>(result.runs.size())});
  }

  WatchedFiles& watched_;
  const CommandLine& command_;
  const WhatIfOptions& options_;
  const Progress& progress_;
  std::optional<double> touched_;
  WhatIf answer_;
  result::Table policies_{.name = "policies",
                          .title = "The same command under other mapping policies",
                          .columns = {{"cache", ""},
                                      {"policy", ""},
                                      {"wall", "ns"},
                                      {"read", "B"},
                                      {"read_over_touched", "ratio"},
                                      {"in_faults", "ns"},
                                      {"in_calls", "ns"},
                                      {"max_rss", "B"},
                                      {"runs", ""}}};
};

}  // namespace

Result<WhatIf> what_if(WatchedFiles watched, const CommandLine& command,
                       const WhatIfOptions& options, const Progress& progress) {
  if (watched.files().empty()) {
    return fail(ErrorKind::usage, "whatif needs to know the files whose mapping is changed",
                "give them with --model FILE");
  }
  return Comparison(watched, command, options, progress).run();
}

}  // namespace bytepath::faults
