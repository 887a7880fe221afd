#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "benchmark/command.h"
#include "benchmark/relative_speed.h"
#include "benchmark/terminal_text.h"
#include "counters/event.h"

namespace bytepath::benchmark {

// blocked: all runs of a command, then all of the next, as hyperfine does. paired: rounds in which
// every command runs once, in an order drawn anew for each round. random: all runs of all commands
// in one order drawn at random; evenly spread, but without pairs.
enum class Order { blocked, paired, random };

struct OutputPolicy {
  enum class Kind { null, pipe, inherit, file };
  Kind kind = Kind::null;
  std::string path;  // of a file
};

// Which exit codes but 0 are no reason to stop.
struct FailureRule {
  bool any = false;
  std::vector<int> codes;
  bool accepts(int exit_code) const;
};

// What starts a command line.
struct Execution {
  enum class Kind { shell, direct, mock };
  Kind kind = Kind::shell;
  std::vector<std::string> shell = {"sh"};  // words; "-c" and the command line follow
  std::optional<std::string> mock_shell;    // "sleep X": what a pretended shell takes to start
};

// How a comparison is made; only read where the order is not blocked.
struct ComparisonPlan {
  std::optional<std::uint64_t> pairs;  // exactly so many; empty: by time, 10 to 30
  std::optional<double> precision;     // part of 1: go on until the interval's half is this narrow
  std::optional<std::chrono::nanoseconds> max_time;  // of the measuring, without the warm-up
  double margin = 0.02;                              // part of 1
  bool against_itself = false;                       // --aa
  std::string metric = "wall";                       // a metric's name, or "stdout:REGEX"
  bool higher_is_better = false;                     // of the metric
};

struct Plan {
  std::vector<Command> commands;  // the reference first, if there is one
  bool has_reference = false;
  std::optional<std::string> setup;
  std::optional<std::string> cleanup;
  std::vector<std::string> prepare;  // none, one for all, or one for each command
  std::vector<std::string> conclude;
  std::vector<OutputPolicy> outputs;  // one for each command
  std::string input;                  // path; empty: /dev/null
  std::uint64_t min_runs = 10;
  std::optional<std::uint64_t> max_runs;
  std::optional<std::uint64_t> warmup;  // empty: none when blocked, else until no run reads a disk
  double min_time = 3;                  // seconds
  FailureRule failures;
  Execution execution;
  Order order = Order::blocked;
  bool compares = false;  // the user asked for a comparison with error control
  ComparisonPlan comparison;
  std::uint64_t seed = 0;
  std::chrono::nanoseconds timeout{};  // of one run; 0: none
  std::optional<unsigned> cpu;
  std::string cgroup;  // a folder; empty: ours
  bool as_root = false;
  std::vector<counters::Event> events;
  bool require_counters = false;
  std::optional<TimeUnit> unit;
  SortOrder summary_order = SortOrder::mean_time;
  SortOrder export_order = SortOrder::command;

  // Of command i, or nothing.
  const std::string* prepare_of(std::size_t i) const { return one_of(prepare, i); }
  const std::string* conclude_of(std::size_t i) const { return one_of(conclude, i); }
  // Index of the command that the others are compared with where a fixed one is needed.
  std::size_t baseline() const { return 0; }

 private:
  static const std::string* one_of(const std::vector<std::string>& commands, std::size_t i) {
    if (commands.empty()) return nullptr;
    return commands.size() == 1 ? &commands.front() : &commands[i];
  }
};

// The command line's words, before they mean anything. Empty texts are "not given".
struct RawOptions {
  CommandOptions commands;
  std::string warmup, min_runs, max_runs, runs;
  std::optional<std::string> setup, cleanup;
  std::vector<std::string> prepare, conclude;
  std::optional<std::string> shell;
  bool no_shell = false;
  bool debug_mode = false;
  std::string ignore_failure;  // "all-non-zero" or a list of codes
  std::string sort, time_unit, min_benchmarking_time;
  bool show_output = false;
  std::vector<std::string> output;
  std::string input;

  bool compare = false;
  std::string order;
  std::optional<std::uint64_t> pairs;
  std::optional<double> precision;  // percent
  std::optional<std::chrono::nanoseconds> max_time;
  std::optional<double> margin;  // percent
  bool against_itself = false;
  std::optional<std::uint64_t> seed;
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<unsigned> cpu;
  std::string cgroup;
  bool as_root = false;
  std::string counters;
  bool require_counters = false;
  std::string metric;
  bool higher_is_better = false;
};

// What the words mean. Errors that hyperfine has too are of kind failed, in its words (it ends with
// status 1 for them); those of our own options are of kind usage.
Result<Plan> make_plan(const RawOptions& options);

}  // namespace bytepath::benchmark
