#include "chunks/bench.h"

#include "commands.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  RecordFlags flags;
  std::uint64_t runs = 10;
  std::uint64_t warmup = 0;
  std::string cold = "drop";
  std::string prepare;
  bool ignore_failure = false;
  bool show_output = false;
};

Result<result::Document> run(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(what, record_options(options.flags));
  if (what.command.empty())
    return fail(ErrorKind::usage, "there is no command to run", "give it behind --");
  what.quiet_command = !options.show_output;
  const auto cold = options.cold == "drop"      ? chunks::Cold::drop
                    : options.cold == "remount" ? chunks::Cold::remount
                                                : chunks::Cold::none;
  BYTEPATH_TRY(measured, chunks::bench({.what = what,
                                        .runs = options.runs,
                                        .warmup = options.warmup,
                                        .cold = cold,
                                        .prepare = options.prepare,
                                        .failures = {.any = options.ignore_failure}},
                                       context.progress));
  if (measured.error && context.late_error != nullptr) *context.late_error = measured.error;
  return with_host(std::move(measured.document));
}

}  // namespace

void add_bench(cli::Probe& probe) {
  static Options options;
  probe
      .command("bench", "cold starts from a mount, again and again: time, stall, bytes",
               [](const cli::Context& context) { return run(options, context); })
      .texts("-m,--mount", options.flags.mounts, "MOUNT", "the mount point")
      .command_words("command", options.flags.command, "the command, behind --")
      .flag("--as-root", options.flags.as_root, "run it with root's rights under sudo too")
      .number("-r,--runs", options.runs, "so many runs", 1, 100'000)
      .number("--warmup", options.warmup, "runs before them that do not count", 0, 100'000)
      .choice("--cold", options.cold,
              "before each run: drop the caches of the whole host, mount it again, or nothing",
              {"drop", "remount", "none"})
      .text("--prepare", options.prepare, "COMMAND", "a shell command before each run")
      .flag("-i,--ignore-failure", options.ignore_failure, "measure a command that fails")
      .flag("--show-output", options.show_output, "let the command print")
      .choice("--level", options.flags.level, "what to record, as of record",
              {"all", "fuse", "cache", "upstream"})
      .size("--ring", options.flags.ring_bytes, "buffer between the kernel and us",
            std::uint64_t{64} << 10, std::uint64_t{1} << 30);
}

}  // namespace bytepath::chunk_probe
