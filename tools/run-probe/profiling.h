#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "benchmark/process_executor.h"
#include "benchmark/session.h"
#include "cli/probe.h"
#include "explain/run_watch.h"
#include "result/document.h"

namespace bytepath::run_probe {

struct ProfilingOptions {
  bool hot = false;
  bool why = false;
  bool syscalls = false;
  std::uint64_t rate = 999;
  std::string folded, speedscope, pprof;  // paths

  bool wanted() const { return samples() || syscalls; }
  bool samples() const { return hot || why || wants_stacks(); }
  bool wants_stacks() const { return !folded.empty() || !speedscope.empty() || !pprof.empty(); }
};

// Samples a session's commands, and says afterwards where their time went.
class Profiling {
 public:
  // Errors: this user or kernel cannot sample at all, or a file cannot be written.
  static Result<Profiling> start(const ProfilingOptions& options, pid_t helper);

  // To be called some times a second while a command runs.
  void poll();
  // What runs the commands while they are measured: `processes`, under a watch where one is needed.
  benchmark::Executor& executor(benchmark::ProcessExecutor& processes);

  // After the session: runs each command some times more to count its system calls where that was
  // asked for, adds what was found to the document, and writes the files, "-" to the console.
  // Errors: a file cannot be written.
  Result<> finish(const benchmark::Plan& plan, const benchmark::Session& session,
                  benchmark::ProcessExecutor& processes, result::Document& document,
                  cli::Console& console);

 private:
  struct Found;
  explicit Profiling(ProfilingOptions options) : options_(std::move(options)) {}
  void name_samples(const benchmark::Session& session, Found& found) const;
  void count_calls(const benchmark::Plan& plan, const benchmark::Session& session,
                   benchmark::ProcessExecutor& processes, Found& found,
                   result::Document& document) const;
  Result<> write_files(const Found& found, cli::Console& console) const;

  ProfilingOptions options_;
  std::unique_ptr<explain::RunWatch> watch_;
  std::unique_ptr<explain::WatchedExecutor> watched_;
};

}  // namespace bytepath::run_probe
