#include "options.h"

namespace bytepath::run_probe {
namespace {

void add_hyperfine_options(cli::Command& command, Options& options) {
  auto& raw = options.raw;
  command
      .positionals("command", raw.commands.commands,
                   "the commands to measure, each one argument; a shell runs them", false)
      .text("-w,--warmup", raw.warmup, "NUM", "runs before those that count")
      .text("-m,--min-runs", raw.min_runs, "NUM", "at least so many runs of each (10)")
      .text("-M,--max-runs", raw.max_runs, "NUM", "at most so many runs of each")
      .text("-r,--runs", raw.runs, "NUM", "exactly so many runs of each; otherwise 3 s of them")
      .exclusive("--runs", "--min-runs")
      .exclusive("--runs", "--max-runs")
      .text("-s,--setup", raw.setup, "CMD", "run CMD once before the runs of each command")
      .texts("-p,--prepare", raw.prepare, "CMD",
             "run CMD before each run; once for all commands, or once for each")
      .texts("-C,--conclude", raw.conclude, "CMD",
             "run CMD after each run; once for all commands, or once for each")
      .text("-c,--cleanup", raw.cleanup, "CMD", "run CMD once after the runs of each command")
      .text("--reference", raw.commands.reference, "CMD",
            "compare with this command instead of the fastest; it runs first")
      .text("--reference-name", raw.commands.reference_name, "NAME", "a name for it")
      .needs("--reference-name", "--reference")
      .words("-P,--parameter-scan", 3, options.scan, "VAR MIN MAX",
             "replace {VAR} in the commands by each number from MIN to MAX")
      .text("-D,--parameter-step-size", options.step, "DELTA", "from one number to the next (1)")
      .needs("--parameter-step-size", "--parameter-scan")
      .words("-L,--parameter-list", 2, options.lists, "VAR VALUES",
             "replace {VAR} by each of the comma-separated VALUES; repeatable")
      .exclusive("--parameter-list", "--parameter-scan")
      .text("-S,--shell", raw.shell, "SHELL", "what runs the commands: default, none, or a shell")
      .flag("-N,--no-shell", raw.no_shell, "short for --shell none")
      .exclusive("--no-shell", "--shell")
      .flag_or_text("-i,--ignore-failure", raw.ignore_failure, "all-non-zero",
                    "go on when a command fails; =1,2 only with these exit codes")
      .choice("--style", options.style, "how the output looks (auto)",
              {"auto", "basic", "full", "nocolor", "color", "none"})
      .choice("--sort", raw.sort, "order of the summary and the exported tables (auto)",
              {"auto", "command", "mean-time"})
      .choice("-u,--time-unit", raw.time_unit, "unit of times (what fits)",
              {"microsecond", "millisecond", "second"})
      .text("--export-asciidoc", options.asciidoc, "FILE", "write an AsciiDoc table; - is stdout")
      .text("--export-csv", options.csv, "FILE", "write the statistics as CSV, in seconds")
      .text("--export-json,--json", options.json, "FILE",
            "write hyperfine's JSON, with our document under the key bytepath")
      .text("--export-markdown", options.markdown, "FILE", "write a Markdown table")
      .text("--export-orgmode", options.orgmode, "FILE", "write an Emacs org-mode table")
      .flag("--show-output", raw.show_output, "print what the commands print")
      .exclusive("--show-output", "--style")
      .texts("--output", raw.output, "WHERE",
             "where the commands' output goes: null, pipe, inherit or ./FILE; once or for each")
      .exclusive("--output", "--show-output")
      .text("--input", raw.input, "WHERE", "where their input comes from: null or a file")
      .texts("-n,--command-name", raw.commands.names, "NAME", "a name for a command; once for each")
      .text("--min-benchmarking-time", raw.min_benchmarking_time, "SECONDS", "instead of 3")
      .hidden()
      .flag("--debug-mode", raw.debug_mode, "run nothing: 'sleep X' takes exactly X")
      .hidden()
      .exclusive("--no-shell", "--debug-mode");
}

void add_own_options(cli::Command& command, Options& options) {
  auto& raw = options.raw;
  constexpr std::uint64_t most_pairs = 1'000'000;
  constexpr std::uint64_t most_cpus = 8191;
  command
      .flag("--compare", raw.compare,
            "run the commands interleaved and compare each with the first, or the reference")
      .number("--pairs", raw.pairs, "exactly so many runs of each, in pairs (10 to 30, by time)", 1,
              most_pairs)
      .percent("--precision", raw.precision,
               "go on until the change is known this well, at most --max-time")
      .duration("--max-time", raw.max_time, "begin no pair after this time (60s)")
      .percent("--margin", raw.margin, "a change within this is none (2%)", true)
      .flag("--aa", raw.against_itself,
            "also compare the reference with itself: the noise floor of this host")
      .choice("--order", raw.order, "order of the runs (paired with --compare)",
              {"blocked", "paired", "random"})
      .number("--seed", raw.seed, "of the order (drawn anew; in the report)", 0, INT64_MAX)
      .text("--metric", raw.metric, "NAME",
            "compare this instead of wall: user, max_rss, a counter, stdout:REGEX")
      .flag("--higher-is-better", raw.higher_is_better, "of --metric stdout:REGEX: more is better")
      .needs("--higher-is-better", "--metric")
      .text("--counters", raw.counters, "NAME,...",
            "count these events of perf, by libpfm4's names; list shows them")
      .flag("--require-counters", raw.require_counters,
            "stop when one of the counters is not available here")
      .duration("--timeout", raw.timeout, "kill a run and its children after this time")
      .number("--cpu", options.cpu, "run the commands on this CPU", 0, most_cpus)
      .text("--cgroup", raw.cgroup, "DIR", "run the commands in this control group (v2)")
      .flag("--as-root", raw.as_root, "under sudo: run the commands as root too");
}

void add_profiling_options(cli::Command& command, ProfilingOptions& options) {
  constexpr std::uint64_t least_rate = 1;
  constexpr std::uint64_t most_rate = 20'000;
  command
      .flag("--why", options.why,
            "compare, and say what the time is that one command takes more than the first")
      .flag("--hot", options.hot, "say in which functions and instructions the CPU time is spent")
      .flag("--syscalls", options.syscalls,
            "count and time the system calls, in runs of their own after the others")
      .number("--sample-rate", options.rate, "samples a second of a running thread (999)",
              least_rate, most_rate)
      .text("--folded", options.folded, "FILE", "write the sampled stacks as folded lines")
      .text("--speedscope", options.speedscope, "FILE", "write them for speedscope")
      .text("--pprof", options.pprof, "FILE", "write them for pprof");
}

}  // namespace

void add_options(cli::Command command, Options& options) {
  add_hyperfine_options(command, options);
  add_own_options(command, options);
  add_profiling_options(command, options.profiling);
  // A replay has no runs to write there, and a file that silently is not written is missed late:
  // --json above all, which is the report in all other probes.
  for (const char* file :
       {"--export-asciidoc", "--export-csv", "--export-json", "--export-markdown",
        "--export-orgmode", "--folded", "--speedscope", "--pprof"}) {
    command.exclusive(file, "--replay");
  }
}

benchmark::RawOptions Options::resolved() const {
  auto out = raw;
  if (!scan.empty()) {
    out.commands.scan = {.name = scan[0], .first = scan[1], .last = scan[2]};
    if (!step.empty()) out.commands.scan->step = step;
  }
  for (std::size_t i = 0; i + 1 < lists.size(); i += 2) {
    out.commands.lists.emplace_back(lists[i], lists[i + 1]);
  }
  // What is to be explained is a difference that was found.
  if (profiling.why) out.compare = true;
  if (cpu) out.cpu = static_cast<unsigned>(*cpu);
  return out;
}

std::vector<benchmark::ExportTarget> Options::exports() const {
  std::vector<benchmark::ExportTarget> out;
  const auto add = [&](const char* format, const std::string& path) {
    if (!path.empty()) out.push_back({.format = format, .path = path});
  };
  add("asciidoc", asciidoc);
  add("json", json);
  add("csv", csv);
  add("markdown", markdown);
  add("orgmode", orgmode);
  return out;
}

}  // namespace bytepath::run_probe
