#include "benchmark/plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <random>

#include "base/text.h"
#include "benchmark/number_capture.h"
#include "benchmark/session.h"
#include "benchmark/shell_words.h"

namespace bytepath::benchmark {
namespace {

constexpr std::uint64_t default_min_runs = 10;

// hyperfine's message ends in the words of its language's number parser.
std::string_view reason(std::string_view text, std::errc error) {
  if (text.empty()) return "cannot parse integer from empty string";
  return error == std::errc::result_out_of_range ? "number too large to fit in target type"
                                                 : "invalid digit found in string";
}

template <class Integer>
Result<Integer> parse_integer(std::string_view text, std::string_view option) {
  Integer value{};
  const bool plus = text.size() > 1 && text.starts_with('+');
  const auto digits = plus ? text.substr(1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc{} && end == digits.data() + digits.size()) return value;
  return fail(ErrorKind::failed,
              fmt::format("Could not read numeric integer argument to '--{}': {}", option,
                          reason(text, error)));
}

Result<std::optional<std::uint64_t>> optional_count(std::string_view text,
                                                    std::string_view option) {
  if (text.empty()) return std::nullopt;
  BYTEPATH_TRY(value, parse_integer<std::uint64_t>(text, option));
  return value;
}

Result<> read_counts(const RawOptions& options, Plan& plan) {
  BYTEPATH_TRY(warmup, optional_count(options.warmup, "warmup"));
  BYTEPATH_TRY(min_runs, optional_count(options.min_runs, "min-runs"));
  BYTEPATH_TRY(max_runs, optional_count(options.max_runs, "max-runs"));
  BYTEPATH_TRY(runs, optional_count(options.runs, "runs"));
  if (runs) min_runs = max_runs = runs;
  if (min_runs && max_runs && *min_runs > *max_runs) {
    return fail(
        ErrorKind::failed,
        "Conflicting requirements for the number of runs (empty range, min is larger than max)");
  }
  plan.warmup = warmup;
  plan.min_runs = min_runs.value_or(std::min(default_min_runs, max_runs.value_or(UINT64_MAX)));
  plan.max_runs = max_runs;
  if (plan.max_runs == std::uint64_t{0}) {
    return fail(ErrorKind::failed, "The number of runs is 0: nothing would be measured",
                "give --runs 1 or more");
  }
  if (options.min_benchmarking_time.empty()) return {};
  const std::string& text = options.min_benchmarking_time;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), plan.min_time);
  if (error == std::errc{} && end == text.data() + text.size()) {
    if (std::isfinite(plan.min_time) && plan.min_time >= 0) return {};
    return fail(ErrorKind::failed,
                fmt::format("The time of --min-benchmarking-time is {}", plan.min_time),
                "give seconds, 0 or more");
  }
  return fail(ErrorKind::failed,
              "Could not read numeric floating point argument to '--min-benchmarking-time': "
              "invalid float literal");
}

Result<Execution> read_execution(const RawOptions& options) {
  if (options.no_shell) return Execution{.kind = Execution::Kind::direct};
  if (options.debug_mode) {
    return Execution{.kind = Execution::Kind::mock, .mock_shell = options.shell};
  }
  if (options.shell == "none") return Execution{.kind = Execution::Kind::direct};
  if (!options.shell || options.shell == "default") return Execution{};
  auto words = split_words(*options.shell);
  if (!words) {
    return fail(ErrorKind::failed,
                fmt::format("Failed to parse '--shell <command>' expression as command line: {}",
                            words.error().message));
  }
  if (words->empty() || words->front().empty()) {
    return fail(ErrorKind::failed,
                "An empty command has been specified for the '--shell <command>' option");
  }
  return Execution{.shell = *std::move(words)};
}

Result<FailureRule> read_failures(const std::string& text) {
  FailureRule rule;
  if (text.empty()) return rule;
  rule.any = text == "all-non-zero";
  if (rule.any) return rule;
  for (const auto word : split(text, ',')) {
    BYTEPATH_TRY(code, parse_integer<int>(trim(word), "ignore-failure"));
    rule.codes.push_back(code);
  }
  return rule;
}

Result<OutputPolicy> read_output(const std::string& text) {
  using Kind = OutputPolicy::Kind;
  if (text == "null") return OutputPolicy{.kind = Kind::null};
  if (text == "pipe") return OutputPolicy{.kind = Kind::pipe};
  if (text == "inherit") return OutputPolicy{.kind = Kind::inherit};
  // A mistyped word must not become a file of that name.
  if (text.find('/') == std::string::npos) {
    return fail(ErrorKind::failed,
                fmt::format("Unknown output policy '{0}'. Use './{0}' to output to a file named "
                            "'{0}'.",
                            text));
  }
  return OutputPolicy{.kind = Kind::file, .path = text};
}

Result<> read_streams(const RawOptions& options, Plan& plan) {
  if (options.show_output) plan.outputs = {{.kind = OutputPolicy::Kind::inherit}};
  for (const auto& text : options.output) {
    BYTEPATH_TRY(policy, read_output(text));
    plan.outputs.push_back(policy);
  }
  if (options.input.empty() || options.input == "null") return {};
  std::error_code ignored;
  if (!std::filesystem::exists(options.input, ignored)) {
    return fail(ErrorKind::failed,
                fmt::format("The file '{}' specified as '--input' does not exist", options.input));
  }
  plan.input = options.input;
  return {};
}

Result<> check_once_or_each(std::string_view option, std::size_t given, std::size_t commands) {
  if (given <= 1 || given == commands) return {};
  return fail(ErrorKind::failed,
              fmt::format("The '--{}' option has to be provided just once or N times, where N={} "
                          "is the number of benchmark commands (including a potential reference).",
                          option, commands));
}

Result<> fit_to_commands(Plan& plan) {
  const std::size_t count = plan.commands.size();
  for (auto checked : {check_once_or_each("prepare", plan.prepare.size(), count),
                       check_once_or_each("conclude", plan.conclude.size(), count),
                       check_once_or_each("output", plan.outputs.size(), count)}) {
    if (!checked) return checked;
  }
  if (plan.outputs.empty()) plan.outputs = {OutputPolicy{}};
  if (plan.outputs.size() == 1) plan.outputs.assign(count, OutputPolicy(plan.outputs.front()));
  return {};
}

Result<Order> read_order(const RawOptions& options, bool compares) {
  if (options.order.empty()) return compares ? Order::paired : Order::blocked;
  if (options.order == "paired") return Order::paired;
  if (options.order == "random") return Order::random;
  if (options.order != "blocked") {
    return fail(ErrorKind::usage, fmt::format("--order: unknown order '{}'", options.order),
                "one of blocked, paired, random");
  }
  if (!compares) return Order::blocked;
  return fail(ErrorKind::usage,
              "--order blocked: runs in blocks cannot be compared with a known error",
              "leave --order out, or the options of the comparison");
}

Result<std::string> read_metric(const RawOptions& options) {
  if (options.metric.empty()) return std::string("wall");
  if (options.metric.starts_with(capture_prefix)) {
    if (auto capture = NumberCapture::parse(options.metric); !capture) {
      return std::unexpected(capture.error());
    }
  }
  return options.metric;
}

Result<> check_random_order(const RawOptions& options) {
  const bool limited = options.precision || options.max_time || options.against_itself;
  if (options.order != "random" || !limited) return {};
  return fail(
      ErrorKind::usage,
      "--order random: all runs are dealt at once, so that --precision, --max-time and --aa "
      "have no pairs to look at",
      "leave --order out, or give --pairs only");
}

Result<> read_comparison(const RawOptions& options, Plan& plan) {
  ComparisonPlan& comparison = plan.comparison;
  plan.compares = options.compare || options.pairs || options.precision || options.max_time ||
                  options.margin || options.against_itself || !options.metric.empty();
  BYTEPATH_TRY(order, read_order(options, plan.compares));
  plan.order = order;
  if (auto fits = check_random_order(options); !fits) return fits;
  BYTEPATH_TRY(metric, read_metric(options));
  comparison = {.pairs = options.pairs,
                .max_time = options.max_time,
                .margin = options.margin.value_or(2) / 100,
                .against_itself = options.against_itself,
                .metric = metric,
                .higher_is_better = options.higher_is_better};
  if (options.precision) comparison.precision = *options.precision / 100;
  if (options.pairs && options.precision) {
    return fail(ErrorKind::usage,
                "--pairs and --precision: the number of pairs is either given or "
                "follows from the precision",
                "leave one of them out");
  }
  if (options.pairs && !options.runs.empty()) {
    return fail(ErrorKind::usage, "--pairs and --runs both give the number of runs",
                "leave one of them out");
  }
  if (!options.runs.empty() && plan.compares) comparison.pairs = plan.min_runs;
  const bool alone = plan.commands.size() < 2 && !comparison.against_itself;
  if (plan.compares && alone && options.metric.empty()) {
    return fail(ErrorKind::usage, "there is only one command to compare",
                "give two commands, or --aa to compare it with itself");
  }
  plan.seed = options.seed ? *options.seed : std::random_device{}();
  return {};
}

}  // namespace

bool FailureRule::accepts(int exit_code) const {
  return exit_code == 0 || any || std::ranges::find(codes, exit_code) != codes.end();
}

Result<Plan> make_plan(const RawOptions& options) {
  Plan plan;
  if (auto read = read_counts(options, plan); !read) return std::unexpected(read.error());
  BYTEPATH_TRY(execution, read_execution(options));
  BYTEPATH_TRY(failures, read_failures(options.ignore_failure));
  if (auto read = read_streams(options, plan); !read) return std::unexpected(read.error());
  BYTEPATH_TRY(commands, expand_commands(options.commands));
  plan.execution = execution;
  plan.failures = failures;
  plan.commands = std::move(commands);
  plan.has_reference = options.commands.reference.has_value();
  plan.setup = options.setup;
  plan.cleanup = options.cleanup;
  plan.prepare = options.prepare;
  plan.conclude = options.conclude;
  if (auto fits = fit_to_commands(plan); !fits) return std::unexpected(fits.error());
  if (options.time_unit == "microsecond") plan.unit = TimeUnit::microsecond;
  if (options.time_unit == "millisecond") plan.unit = TimeUnit::millisecond;
  if (options.time_unit == "second") plan.unit = TimeUnit::second;
  if (options.sort == "command") plan.summary_order = SortOrder::command;
  if (options.sort == "mean-time") plan.export_order = SortOrder::mean_time;
  plan.timeout = options.timeout.value_or(std::chrono::nanoseconds{});
  plan.cpu = options.cpu;
  plan.cgroup = options.cgroup;
  plan.as_root = options.as_root;
  plan.require_counters = options.require_counters;
  if (!options.counters.empty()) {
    auto events = counters::find_events(options.counters);
    if (!events) {
      Error& error = events.error();
      error.message = "--counters: " + error.message;
      if (error.hint.empty()) error.hint = "--counters list shows those that are known here";
      return std::unexpected(std::move(error));
    }
    plan.events = *std::move(events);
  }
  if (auto read = read_comparison(options, plan); !read) return std::unexpected(read.error());
  if (auto known = check_metric(plan); !known) return std::unexpected(known.error());
  return plan;
}

}  // namespace bytepath::benchmark
