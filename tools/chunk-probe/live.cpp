#include "chunks/live_document.h"
#include "commands.h"
#include "mounts/watch.h"

namespace bytepath::chunk_probe {
namespace {

using namespace std::chrono_literals;

struct Options {
  RecordFlags flags;
  std::chrono::nanoseconds interval = 1s;
  std::uint64_t rounds = 0;
};

Result<result::Document> run(const Options& options, const cli::Context& context) {
  constexpr auto shortest = 10ms;
  if (options.interval < shortest) {
    return fail(ErrorKind::usage, "--interval: less than 10ms measures the measuring",
                "such as 1s, the default");
  }
  BYTEPATH_TRY(what, record_options(options.flags));
  if (!what.command.empty() || what.process != 0 || !what.cgroup.empty()) {
    return fail(ErrorKind::usage, "live shows a whole mount, whoever uses it",
                "chunk-probe record looks at a command, a process or a control group");
  }
  mounts::WatchOptions watched{
      .what = what, .interval = options.interval, .rounds = options.rounds};
  if (options.rounds == 0 && context.ends_by_interrupt != nullptr)
    *context.ends_by_interrupt = true;
  std::vector<chunks::LiveFigures> intervals;
  mounts::Losses losses;
  constexpr std::size_t lines_under_a_head = 20;
  const auto sink = [&](const mounts::MountTrace& interval) {
    if (intervals.size() % lines_under_a_head == 0) context.console->print(chunks::live_head());
    intervals.push_back(chunks::live_figures(interval));
    losses = interval.losses;
    context.console->print(chunks::live_line(intervals.back()));
  };
  // Of a live table nobody misses the rest who closed the pipe.
  const Progress progress = [&](std::size_t done, std::size_t total, std::string_view what_for) {
    return context.console->written() && context.progress(done, total, what_for);
  };
  if (auto seen = mounts::watch(watched, sink, progress); !seen)
    return std::unexpected(seen.error());
  auto document = chunks::live_document(what.mount, intervals, losses);
  document.complete = options.rounds == 0 || intervals.size() == options.rounds;
  return with_host(std::move(document));
}

}  // namespace

void add_live(cli::Probe& probe) {
  static Options options;
  auto command = probe.command("live", "what a mount does now, a line a second",
                               [](const cli::Context& context) { return run(options, context); });
  command.texts("-m,--mount", options.flags.mounts, "MOUNT", "the mount point")
      .duration("-i,--interval", options.interval, "how long a line is about")
      .number("-n,--rounds", options.rounds, "so many lines; 0: until Ctrl-C", 0, 1'000'000)
      .choice("--level", options.flags.level, "what to look at, as of record",
              {"all", "fuse", "cache", "upstream"})
      .size("--ring", options.flags.ring_bytes, "buffer between the kernel and us",
            std::uint64_t{64} << 10, std::uint64_t{1} << 30);
}

}  // namespace bytepath::chunk_probe
