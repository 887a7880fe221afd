// fault-probe: which bytes and tensors of a weight file a process touches, when, at what cost.
#include "cli/probe.h"
#include "describe/host_facts.h"
#include "faults/policy_name.h"
#include "options.h"
#include "trace/ring_reader.h"

namespace bytepath::fault_probe {

result::Document with_host(result::Document document) {
  result::Document unused;  // of what it could not read nothing is about faults
  describe::add_host(document, describe::read_identity(unused));
  return document;
}

namespace {

constexpr std::uint64_t largest_pid = 4194304;  // PID_MAX_LIMIT, linux/threads.h

void add_models(cli::Command& command, Options& options) {
  command
      .texts("-m,--model", options.models, "MODEL",
             "a model file, or a pattern of the paths of mapped files; may be repeated")
      .size("--grid", options.grid, "cut files into pieces of this size instead of tensors");
}

void add_command(cli::Command& command, Options& options) {
  command.command_words("command", options.words, "the command, behind --")
      .flag("--as-root", options.as_root, "run it with root's rights under sudo too");
}

void add_run(cli::Probe& probe, Options& options) {
  auto command = probe.command("run", "what each fault cost, and what it waited for",
                               [&](const cli::Context& context) { return run(options, context); });
  add_models(command, options);
  add_command(command, options);
  command
      .number("-p,--pid", options.process, "trace this process instead of a command", 1,
              largest_pid)
      .duration("--duration", options.duration, "with --pid: end after this time")
      .choice("--backend", options.backend, "how faults are traced", {"auto", "bpf", "perf"})
      .choice("--policy", options.policy, "how the command's mappings of the models are made",
              faults::policy_names())
      .flag("--no-calls", options.no_calls, "do not time system calls such as mmap and madvise")
      .size("--ring", options.ring_bytes, "buffer between the kernel and us",
            trace::RingReader::fewest_bytes, trace::RingReader::most_bytes)
      .text("--trace", options.trace_file, "FILE", "write a trace for ui.perfetto.dev")
      .text("--touched", options.touched, "FILE",
            "show the exact pages that touch --pages wrote beside it");
}

void add_touch(cli::Probe& probe, Options& options) {
  auto command =
      probe.command("touch", "exactly which pages a command touches; alters its timing",
                    [&](const cli::Context& context) { return touch(options, context); });
  add_models(command, options);
  add_command(command, options);
  command.text("--pages", options.pages, "FILE", "write the touched pages of each file")
      .text("--experts", options.experts, "FILE", "write layer,expert,pages as CSV");
}

void add_attach(cli::Probe& probe, Options& options) {
  auto command =
      probe.command("attach", "which tensors and experts a running process touches over time",
                    [&](const cli::Context& context) { return attach(options, context); });
  add_models(command, options);
  command.number("-p,--pid", options.process, "the process", 1, largest_pid)
      .duration("-i,--interval", options.interval, "how long a window is")
      .number("-n,--windows", options.rounds, "so many windows; 0: until Ctrl-C", 0, 1'000'000'000)
      .flag("--totals", options.totals_only, "only totals by file, which need no BPF");
}

void add_what_if(cli::Probe& probe, Options& options) {
  auto command =
      probe.command("whatif", "the same command under other mapping policies, cold and warm",
                    [&](const cli::Context& context) { return whatif(options, context); });
  add_models(command, options);
  add_command(command, options);
  command
      .names("--policies", options.policies, "compare as-is with these only",
             faults::policy_names())
      .choice("--cache", options.cache, "the page cache before each run", {"both", "cold", "warm"})
      .number("--pairs", options.pairs, "runs of each; from 6 on there is an interval", 1, 100'000)
      .number("--seed", options.seed, "of the order of runs", 0, UINT64_MAX)
      .flag_or_text("-i,--ignore-failure", options.ignore_failure, all_failures,
                    "measure a command that fails; -i=1,2: with these statuses")
      .flag("--drop-caches", options.drop_all,
            "before cold runs empty the page cache of the whole host");
}

void add_files(cli::Probe& probe, Options& options) {
  auto table = probe.command("map", "the tensors of a model file",
                             [&](const cli::Context&) { return map(options); });
  table.positionals("file", options.words, "the model", true)
      .size("--grid", options.grid, "cut files into pieces of this size instead of tensors")
      .text("--touched", options.touched, "FILE", "with what touch --pages wrote");
  auto cached = probe.command("cache", "what of each tensor is in the page cache",
                              [&](const cli::Context&) { return cache(options); });
  cached.positionals("file", options.words, "the model", true)
      .size("--grid", options.grid, "cut files into pieces of this size instead of tensors");
  probe
      .command("selftest", "does what this program says hold on this host?",
               [&](const cli::Context& context) { return selftest(options, context); })
      .text("--directory", options.directory, "DIR", "make the test file in DIR");
}

}  // namespace
}  // namespace bytepath::fault_probe

int main(int argc, char** argv) {
  using namespace bytepath;
  fault_probe::Options options;
  cli::Probe probe(
      {.name = "fault-probe",
       .summary = "Which bytes and tensors of a weight file a process touches, when, at what cost.",
       .description =
           "A page fault maps up to 2 MiB at once, so that faults x 4 KiB is not what a program "
           "uses of a file. touch finds exactly the pages that it uses, run what each fault cost "
           "and waited for, attach which tensors and experts a running process uses over time, "
           "whatif how else the file could be mapped.",
       .examples =
           {{"fault-probe touch -m model.gguf -- ./main -m model.gguf", "the truth, by tensor"},
            {"fault-probe run -m model.gguf -- ./main -m model.gguf",
             "the cost, by what it waited for"},
            {"fault-probe run -p 4711 --duration 10s", "of a running process"},
            {"fault-probe attach -p 4711 -m model.gguf -i 500ms", "heat by layer and expert"},
            {"fault-probe whatif -m model.gguf -- ./main -m model.gguf", "populate, random, ..."},
            {"fault-probe map model.gguf", "the tensor table"},
            {"fault-probe cache model.gguf", "what of it is in the page cache"},
            {"fault-probe selftest", "whether all that holds on this host"}},
       .statuses = {{"broken-instrument", cli::not_measurable}}});
  probe.main([](const cli::Context&) -> Result<result::Document> {
    return fail(ErrorKind::usage, "which of its commands?", "see fault-probe --help");
  });
  fault_probe::add_touch(probe, options);
  fault_probe::add_run(probe, options);
  fault_probe::add_attach(probe, options);
  fault_probe::add_what_if(probe, options);
  fault_probe::add_files(probe, options);
  return probe.execute(argc, argv);
}
