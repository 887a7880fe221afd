// run and touch.
#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "faults/policy_name.h"
#include "faults/touch_run.h"
#include "faults/traced_run.h"
#include "options.h"
#include "pages/page_file.h"

namespace bytepath::fault_probe {
namespace {

// Denied too is a failure to write, as it is for the reports.
Result<> check_output(const char* option, const std::string& path) {
  if (path.empty()) return {};
  if (path == "-") {
    return fail(ErrorKind::usage, fmt::format("{}: standard output belongs to the report", option),
                "give a file; ./- is one of that name");
  }
  auto writable = check_writable(path);
  if (!writable) writable.error().kind = ErrorKind::failed;
  return writable;
}

faults::Backend backend_of(const Options& options) {
  if (options.backend == "bpf") return faults::Backend::bpf;
  return options.backend == "perf" ? faults::Backend::perf : faults::Backend::automatic;
}

// The report is of use though the run was not what the user thought.
void complain_later(const cli::Context& context, Error error) {
  if (!context.late_error->has_value()) *context.late_error = std::move(error);
}

// flaws: what could not be looked at, the model perhaps among it.
void check_mapped(const Options& options, const cli::Context& context, const std::string& subject,
                  std::size_t mapped_files, std::uint64_t read_by_calls,
                  std::span<const faults::PageRecorder::Flaw> flaws) {
  if (options.models.empty() || mapped_files > 0 || context.cut_short()) return;
  const std::string more =
      options.models.size() > 1 ? fmt::format(" and {} more", options.models.size() - 1) : "";
  if (!flaws.empty()) {
    return complain_later(
        context,
        {.kind = ErrorKind::unsupported,
         .message = fmt::format("{}{}: not seen to be mapped by {}: {}: {}", options.models.front(),
                                more, subject, flaws.front().file, flaws.front().why),
         .hint = "root may look at every process"});
  }
  complain_later(
      context,
      {.kind = ErrorKind::unsupported,
       .message = fmt::format("{}{}: never mapped by {}", options.models.front(), more, subject),
       .hint = read_by_calls > 0
                   ? fmt::format("{} bytes of it were read by system calls instead", read_by_calls)
                   : "is it the file that the program opens? It may also read it without mmap"});
}

void check_end(const cli::Context& context, int signal) {
  // A Ctrl-C at the terminal reaches the command as it reaches us, and may end it before we ask.
  if (signal == 0 || context.cut_short()) return;
  const char* name = strsignal(signal);
  complain_later(context, {.kind = ErrorKind::failed,
                           .message = fmt::format("the command was killed by signal {} ({})",
                                                  signal, name != nullptr ? name : "unknown"),
                           .hint = "the report shows what was seen until then"});
}

// As WatchedFiles takes it.
bool is_pattern(const std::string& word) { return word.find_first_of("*?[") != std::string::npos; }

Error not_about_these(const Options& options, const std::vector<pages::FilePages>& touched) {
  std::string what = "no file";
  if (!touched.empty()) {
    what = fmt::format("{} of {} bytes", touched.front().path, touched.front().bytes);
  }
  if (touched.size() > 1) what += fmt::format(" and {} more", touched.size() - 1);
  return {.kind = ErrorKind::usage,
          .message = fmt::format("--touched: {} is about {}, none of the files looked at",
                                 options.touched, what),
          .hint = "its pages count for a file of the same path and size"};
}

}  // namespace

Result<> check_touched(const Options& options, const std::vector<pages::FilePages>& touched,
                       std::span<const faults::WatchedFile> files) {
  if (options.touched.empty()) return {};
  for (const auto& file : files) {
    faults::FileRecord record(file);
    faults::take_touched(record, touched);
    if (record.touched) return {};
  }
  return std::unexpected(not_about_these(options, touched));
}

Result<std::vector<pages::FilePages>> read_touched(const std::string& path) {
  if (path.empty()) return std::vector<pages::FilePages>{};
  auto text = read_file(path);
  auto files = text ? pages::from_text(*text, path)
                    : Result<std::vector<pages::FilePages>>(std::unexpected(text.error()));
  if (files) return files;
  return fail(ErrorKind::usage, files.error().message,
              "give a file that fault-probe touch --pages wrote");
}

Result<faults::CommandLine> command_of(const Options& options, const cli::Context& context) {
  faults::CommandLine command{.words = options.words, .as_root = options.as_root};
  if (auto resolved = command.resolve(); !resolved) return std::unexpected(resolved.error());
  if (command.credentials) {
    context.console->complain(
        fmt::format("{}: note: the command runs as user {}, who called sudo; --as-root keeps "
                    "root's rights\n",
                    context.program, command.credentials->user));
  }
  return command;
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  if (options.process != 0 && !options.words.empty()) {
    return fail(ErrorKind::usage, "--pid: excludes a command", "give one of the two");
  }
  if (options.process != 0 && options.policy != "as-is") {
    return fail(ErrorKind::usage, "--policy: a running process has its mappings already",
                "give a command instead of --pid");
  }
  if (options.process == 0 && options.duration) {
    return fail(ErrorKind::usage, "--duration: a command runs to its end",
                "give a process with --pid, or the command behind timeout(1)");
  }
  faults::TraceOptions trace{.backend = backend_of(options),
                             .calls = !options.no_calls,
                             .ring_bytes = options.ring_bytes,
                             .policy = *faults::policy_named(options.policy),
                             .trace_file = options.trace_file};
  BYTEPATH_TRY(touched, read_touched(options.touched));
  trace.touched = std::move(touched);
  if (auto writable = check_output("--trace", options.trace_file); !writable) {
    return std::unexpected(writable.error());
  }
  BYTEPATH_TRY(watched, faults::WatchedFiles::open(options.models, options.grid));
  const bool may_grow = options.models.empty() || std::ranges::any_of(options.models, is_pattern);
  if (!may_grow) {
    if (auto used = check_touched(options, trace.touched, watched.files()); !used) {
      return std::unexpected(used.error());
    }
  }
  faults::TracedRun run;
  if (options.process != 0) {
    *context.ends_by_interrupt = !options.duration;
    BYTEPATH_TRY(traced,
                 faults::trace_process(std::move(watched), static_cast<pid_t>(options.process),
                                       options.duration, trace, context.progress));
    run = std::move(traced);
    check_mapped(options, context, fmt::format("process {}", options.process), run.mapped_files,
                 run.read_by_calls, run.flaws);
  } else {
    BYTEPATH_TRY(command, command_of(options, context));
    BYTEPATH_TRY(traced,
                 faults::trace_command(std::move(watched), command, trace, context.progress));
    run = std::move(traced);
    check_end(context, run.signal);
    check_mapped(options, context, command.text(), run.mapped_files, run.read_by_calls, run.flaws);
  }
  if (run.error) complain_later(context, *run.error);
  const auto& metrics = run.document.metrics;
  const bool shown =
      std::ranges::find(metrics, "touched_bytes", &result::Metric::name) != metrics.end();
  if (!options.touched.empty() && !shown && run.mapped_files > 0) {
    complain_later(context, not_about_these(options, trace.touched));
  }
  return with_host(std::move(run.document));
}

Result<result::Document> touch(const Options& options, const cli::Context& context) {
  for (const auto& [option, path] :
       {std::pair("--pages", &options.pages), std::pair("--experts", &options.experts)}) {
    if (auto writable = check_output(option, *path); !writable) {
      return std::unexpected(writable.error());
    }
  }
  BYTEPATH_TRY(watched, faults::WatchedFiles::open(options.models, options.grid));
  if (!options.experts.empty()) {
    if (auto one = faults::check_one_with_experts(watched.files()); !one) {
      return std::unexpected(one.error());
    }
  }
  BYTEPATH_TRY(command, command_of(options, context));
  BYTEPATH_TRY(run, faults::touch_command(std::move(watched), command, false, context.progress));
  const auto write = [&](const std::string& path, const std::string& text) {
    if (path.empty()) return;
    if (auto written = write_file(path, text); !written) complain_later(context, written.error());
  };
  write(options.pages, pages::to_text(faults::page_files(run.records)));
  // A pattern's files are known only now.
  if (!options.experts.empty()) {
    const auto csv = faults::experts_csv(run.records);
    if (csv) {
      write(options.experts, *csv);
    } else {
      complain_later(context, csv.error());
    }
  }
  check_end(context, run.facts.outcome.signal());
  check_mapped(options, context, command.text(), run.records.size(), 0, run.facts.flaws);
  return with_host(faults::touch_document(run.records, run.facts));
}

}  // namespace bytepath::fault_probe
