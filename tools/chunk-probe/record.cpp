#include "mounts/recorder.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/output_target.h"
#include "commands.h"
#include "mounts/trace_file.h"
#include "trace/ring_reader.h"

namespace bytepath::chunk_probe {
namespace {

constexpr std::uint64_t largest_pid = 4194304;  // PID_MAX_LIMIT, linux/threads.h

struct Options {
  RecordFlags flags;
  ReportFlags report;
  std::string output = "mount.trace";
};

// The report is made of the trace, which a device or a pipe does not give back.
Result<> check_trace(const std::string& path) {
  BYTEPATH_TRY(target, output_target(path));
  std::error_code ignored;
  const auto type = std::filesystem::status(target.path, ignored).type();
  using enum std::filesystem::file_type;
  const bool is_kept = !target.descriptor && (type == regular || type == not_found);
  if (!is_kept && type != directory && type != none) {
    return fail(ErrorKind::usage,
                fmt::format("--trace: {} is no regular file, and the report is made of it", path),
                "give the name of a file");
  }
  return check_writable(path);
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(wanted, record_options(options.flags));
  BYTEPATH_TRY(reported, report_options(options.report, options.output));
  if (auto writable = check_trace(options.output); !writable)
    return std::unexpected(writable.error());
  wanted.output = options.output;
  wanted.quiet_command = context.quiet;
  if (wanted.command.empty() && !wanted.duration && context.ends_by_interrupt != nullptr)
    *context.ends_by_interrupt = true;
  BYTEPATH_TRY(recording, mounts::record(wanted, context.progress));
  if (recording.error && context.late_error != nullptr) *context.late_error = recording.error;
  auto trace = mounts::read_trace(options.output);
  if (!trace) return std::unexpected(recording.error ? *recording.error : trace.error());
  auto document = chunks::report_document(*trace, reported);
  document.complete = document.complete && !recording.interrupted;
  return with_host(std::move(document));
}

}  // namespace

Result<mounts::RecordOptions> record_options(const RecordFlags& flags) {
  if (flags.mounts.size() != 1) {
    return fail(ErrorKind::usage,
                flags.mounts.empty() ? "which mount?" : "one mount is recorded at a time",
                "-m MOUNT; what it rests on is recorded with it");
  }
  const int targets =
      (flags.command.empty() ? 0 : 1) + (flags.process ? 1 : 0) + (flags.cgroup.empty() ? 0 : 1);
  if (targets > 1) {
    return fail(ErrorKind::usage, "a command, --pid and --cgroup exclude each other",
                "name one of them, or none to record whoever uses the mount");
  }
  mounts::RecordOptions wanted{.mount = flags.mounts.front(),
                               .command = flags.command,
                               .process = static_cast<pid_t>(flags.process.value_or(0)),
                               .cgroup = flags.cgroup,
                               .duration = flags.duration,
                               .ring_bytes = flags.ring_bytes,
                               .version = std::string(cli::version())};
  if (!flags.as_root) wanted.credentials = process::invoking_user();
  if (flags.daemon) wanted.daemons.push_back(static_cast<pid_t>(*flags.daemon));
  if (flags.level != "all")
    wanted.levels = {.requests = flags.level == "fuse" || flags.level == "upstream",
                     .cache = flags.level == "cache",
                     .upstream = flags.level == "upstream"};
  return wanted;
}

void add_record_flags(cli::Command& command, RecordFlags& flags) {
  command
      .texts("-m,--mount", flags.mounts, "MOUNT", "the mount point; what it rests on comes along")
      .command_words("command", flags.command, "the command, behind --")
      .flag("--as-root", flags.as_root, "run it with root's rights under sudo too")
      .number("-p,--pid", flags.process, "only this process and its children", 1, largest_pid)
      .text("--cgroup", flags.cgroup, "FOLDER", "only a control group: a folder of /sys/fs/cgroup")
      .number("--daemon", flags.daemon,
              "a process that serves the mount, besides those that answer its requests", 1,
              largest_pid)
      .choice("--level", flags.level,
              "what to record: requests, the page cache, requests and what the daemon asks others",
              {"all", "fuse", "cache", "upstream"})
      .duration("--duration", flags.duration, "without a command: end after this time")
      .size("--ring", flags.ring_bytes, "buffer between the kernel and us",
            trace::RingReader::fewest_bytes, trace::RingReader::most_bytes);
}

void add_record(cli::Probe& probe) {
  static Options options;
  auto command =
      probe.command("record", "what a mount does while a command, a process or time runs",
                    [](const cli::Context& context) { return run(options, context); });
  add_record_flags(command, options.flags);
  command.text("-t,--trace", options.output, "FILE", "write the trace to FILE");
  add_report_flags(command, options.report);
}

}  // namespace bytepath::chunk_probe
