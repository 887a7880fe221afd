#include "commands.h"
#include "storage/trace_document.h"
#include "storage/traced_process.h"

namespace bytepath::tier_probe {
namespace {

constexpr std::uint64_t largest_pid = 4194304;  // PID_MAX_LIMIT, linux/threads.h

struct Options {
  std::vector<std::string> command;
  std::optional<std::uint64_t> process;
  std::optional<std::chrono::nanoseconds> duration;
  bool as_root = false;
};

Result<storage::TraceOptions> traced_options(const Options& options, const cli::Context& context) {
  if (options.command.empty() && !options.process)
    return fail(ErrorKind::usage, "what is to be traced?", "-p PID, or a command behind --");
  if (!options.command.empty() && options.process)
    return fail(ErrorKind::usage, "a command and --pid exclude each other", "give one of them");
  if (!options.command.empty() && options.duration)
    return fail(ErrorKind::usage, "--duration: a command is traced to its end",
                "it is for --pid; timeout(1) ends a command");
  storage::TraceOptions wanted{.command = options.command,
                               .process = static_cast<pid_t>(options.process.value_or(0)),
                               .quiet_command = context.quiet,
                               .duration = options.duration};
  if (!options.as_root) wanted.credentials = process::invoking_user();
  return wanted;
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(wanted, traced_options(options, context));
  if (wanted.process != 0 && !wanted.duration && context.ends_by_interrupt != nullptr)
    *context.ends_by_interrupt = true;
  BYTEPATH_TRY(traced, storage::trace_process(wanted, context.progress));
  return with_host(storage::trace_document(wanted, traced));
}

}  // namespace

void add_trace(cli::Probe& probe) {
  static Options options;
  probe
      .command("trace", "which tiers serve the reads and page faults of a process",
               [](const cli::Context& context) { return run(options, context); })
      .number("-p,--pid", options.process, "a process, with its threads", 1, largest_pid)
      .command_words("command", options.command, "the command, behind --")
      .flag("--as-root", options.as_root, "run it with root's rights under sudo too")
      .duration("--duration", options.duration, "of --pid: end after this time");
}

}  // namespace bytepath::tier_probe
