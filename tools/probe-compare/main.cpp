// probe-compare: did this change make it slower; a gate for CI with a known false-alarm rate.
#include "compare_command.h"
#include "fleet_command.h"
#include "report_command.h"
#include "store_commands.h"

namespace bytepath::probe_compare {
namespace {

void add_compare_options(cli::Command command, CompareOptions& options) {
  command
      .positionals("file", options.files,
                   "JSON of any probe, hyperfine or Google Benchmark: one measured in pairs, or a "
                   "baseline and a new run; - is standard input",
                   false)
      .texts("-g,--gate", options.gates, "GATE",
             "fail when a metric is worse: wall:+5%, page-faults:+0.5%, wall@/^grep/:+3%")
      .texts("--gates", options.gate_files, "FILE", "gates from a TOML file")
      .percent("--margin", options.margin, "a change within this is none, where no gate says (2%)",
               true)
      .texts("--map", options.renames, "OLD=NEW", "compare benchmark OLD of the baseline with NEW")
      .text("--filter", options.filter, "REGEX", "only benchmarks whose name matches")
      .flag("--allow-unpaired", options.allow_unpaired,
            "let times of two sessions decide a gate; expect false alarms")
      .flag("--allow-host-mismatch", options.allow_host_mismatch,
            "compare runs of different machines or software")
      .flag("--confirm", options.confirm,
            "measure a failing comparison again; only both together fail")
      .flag("--strict", options.strict, "exit with 3 when a gate is not decided")
      .text("--store", options.store, "DIR", "take the baseline from a store")
      .text("--branch", options.branch, "NAME", "the baseline's branch in the store")
      .text("--suite", options.suite, "NAME", "the baseline's suite in the store")
      .flag("--github", options.github, "print GitHub workflow annotations")
      .text("--append-markdown", options.append_markdown, "FILE",
            "append the report to FILE, such as $GITHUB_STEP_SUMMARY")
      .text("--name", options.name, "NAME", "marks the Markdown, so that a bot finds its comment");
}

void add_folder(cli::Command& command, StoreOptions& options) {
  command.text("-d,--directory", options.folder, "DIR", "the store (.probe)")
      .text("--branch", options.branch, "NAME", "of this branch")
      .text("--machine", options.machine, "HASH", "of this machine hash")
      .text("--suite", options.suite, "NAME", "of this suite")
      .text("--commit", options.commit, "ID", "of this commit");
}

void add_store_commands(cli::Probe& probe, StoreOptions& options) {
  auto store = probe.command("store", "file runs as baselines",
                             [&](const cli::Context&) { return store_files(options); });
  add_folder(store, options);
  store.positionals("file", options.files, "JSON files to store", false);
  auto list = probe.command("list", "list stored runs",
                            [&](const cli::Context&) { return list_store(options); });
  add_folder(list, options);
  auto show = probe.command("show", "show a stored run, or the newest",
                            [&](const cli::Context&) { return show_entry(options); });
  add_folder(show, options);
  show.positionals("path", options.files, "as list prints it", false);
  auto prune = probe.command("prune", "remove old runs",
                             [&](const cli::Context&) { return prune_store(options); });
  add_folder(prune, options);
  constexpr std::uint64_t most_kept = 1'000'000;
  prune
      .number("--keep", options.keep, "keep so many of each branch, machine and suite", 0,
              most_kept)
      .duration("--older-than", options.older_than, "remove those begun longer ago")
      .flag("--dry-run", options.dry, "only say what would be removed");
  auto history = probe.command("history", "the trend of a metric, with its change points",
                               [&](const cli::Context&) { return show_history(options); });
  add_folder(history, options);
  history.text("--benchmark", options.benchmark, "NAME", "only this benchmark")
      .text("--metric", options.metric, "NAME", "the metric (wall)")
      .percent("--step", options.step, "levels closer than this are one (3%)");
}

void add_fleet_command(cli::Probe& probe, FleetOptions& options) {
  auto fleet =
      probe.command("fleet", "find the hosts of a fleet that do not measure what the others do",
                    [&](const cli::Context& context) { return compare_fleet(options, context); });
  constexpr std::uint64_t fewest = 3;
  constexpr std::uint64_t most = 1'000'000;
  fleet
      .positionals("folder", options.inputs,
                   "folders with documents, *.json and *.ndjson, at any depth; - is NDJSON on "
                   "standard input",
                   true)
      .number("--min-hosts", options.fewest_hosts, "hosts that tell what is usual in a group",
              fewest, most)
      .percent("--false-alarms", options.false_alarms,
               "of fleets without outliers, at most so many have a false one (5%)")
      .percent("--margin", options.margin, "what is within this of the usual is no outlier (5%)",
               true);
}

}  // namespace
}  // namespace bytepath::probe_compare

int main(int argc, char** argv) {
  using namespace bytepath;
  probe_compare::CompareOptions compare;
  probe_compare::StoreOptions store;
  probe_compare::FleetOptions fleet;
  cli::Probe probe(
      {.name = "probe-compare",
       .summary = "Did this change make it slower: a gate for CI that does not cry wolf.",
       .description =
           "Compares runs of run-probe, of any other probe, of hyperfine and of Google Benchmark, "
           "metric by metric, with an interval for each change, and fails by the gates given. "
           "Times decide only where both sides were measured in one session, in pairs.",
       .examples =
           {{"probe-compare run.json --gate wall:+5%", "one session of run-probe --compare"},
            {"probe-compare base.json new.json --gate page-faults:+0.5%", "two sessions: counts"},
            {"probe-compare run.json --gates gates.toml --confirm", "measure a failure again"},
            {"probe-compare run.json -g wall:+5% -o report.md -o junit.xml --github",
             "for a pull request"},
            {"probe-compare store run.json --branch main --commit $(git rev-parse HEAD)",
             "file a baseline"},
            {"probe-compare history --branch main --metric page-faults", "the trend"},
            {"probe-compare report cpu.json memcpy.json tiers.json -o host.html",
             "one page of a whole host's health"},
            {"probe-compare fleet collected/", "which hosts are odd, and what differs on them"},
            {"cat collected/*.ndjson | probe-compare fleet -", "the same of one stream"}},
       .statuses = {{"failed", cli::gate_failed}, {"not-judged", cli::not_measurable}},
       .finish = [&](const result::Document& document, cli::Console& console) {
         return probe_compare::finish(compare, document, console);
       }});
  probe_compare::add_compare_options(probe.main([&](const cli::Context& context) {
    return probe_compare::compare_files(compare, context);
  }),
                                     compare);
  probe_compare::add_store_commands(probe, store);
  probe_compare::add_fleet_command(probe, fleet);
  std::vector<std::string> reported;
  probe
      .command("report", "one page of several saved documents, such as those of one host",
               [&](const cli::Context&) { return probe_compare::report_files(reported); })
      .positionals("file", reported,
                   "documents that any probe wrote with --json; - is standard input", true)
      .has_findings_of_all();
  return probe.execute(argc, argv);
}
