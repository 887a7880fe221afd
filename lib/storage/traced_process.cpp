#include "storage/traced_process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/descriptor.h"
#include "process/process_handle.h"

namespace bytepath::storage {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto look_interval = 200ms;

Result<process::SpawnOutcome> run_command(const TraceOptions& options, const std::string& path,
                                          process::SpawnHelper& helper) {
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  process::SpawnRequest request{.path = path,
                                .arguments = options.command,
                                .input = STDIN_FILENO,
                                .output = STDOUT_FILENO,
                                .error = STDERR_FILENO,
                                .own_group = false};
  if (options.quiet_command) request.input = request.output = request.error = null.get();
  for (char** each = environ; *each != nullptr; ++each) request.environment.emplace_back(*each);
  if (options.credentials) request.credentials = &*options.credentials;
  auto ended = helper.run(request);
  if (!ended && ended.error().kind == ErrorKind::usage && ended.error().hint.empty()) {
    Error error = ended.error();
    error.hint = "is the path right, and may it be run?";
    return std::unexpected(std::move(error));
  }
  return ended;
}

Result<TracedProcess> trace_command(const TraceOptions& options, const Progress& progress) {
  BYTEPATH_TRY(path, process::find_program(options.command.front()));
  TracedProcess traced;
  BYTEPATH_TRY(helper, process::SpawnHelper::start([&] {
                 if (!progress(0, 0, "tracing the command")) traced.interrupted = true;
                 return traced.interrupted;
               }));
  BYTEPATH_TRY(
      tracer, trace::ProcessAccessTracer::start({.process = helper.pid(), .without_itself = true}));
  BYTEPATH_TRY(outcome, run_command(options, path, helper));
  traced.accesses = tracer->read();
  traced.missing = tracer->missing();
  traced.wall_ns = static_cast<double>(outcome.ended_ns - outcome.started_ns);
  traced.outcome = outcome;
  return traced;
}

// Until the process has ended, the time is over or the user has asked to stop.
void wait_for_end(const TraceOptions& options, const Descriptor& handle, const Progress& progress,
                  TracedProcess& traced) {
  const auto begin = Clock::now();
  while (true) {
    auto wait = std::chrono::nanoseconds(look_interval);
    if (options.duration) {
      const auto left = *options.duration - (Clock::now() - begin);
      if (left <= 0ns) break;
      wait = std::min(wait, std::chrono::nanoseconds(left));
    }
    pollfd ended{.fd = handle.get(), .events = POLLIN, .revents = 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    if (::poll(&ended, 1, static_cast<int>(milliseconds)) > 0) break;
    if (!progress(0, 0, "tracing")) {
      traced.interrupted = options.duration.has_value();
      break;
    }
  }
  traced.wall_ns = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
}

Result<TracedProcess> trace_running(const TraceOptions& options, const Progress& progress) {
  BYTEPATH_TRY(handle, process::open_process(options.process));
  TracedProcess traced;
  BYTEPATH_TRY(tracer, trace::ProcessAccessTracer::start({.process = options.process}));
  wait_for_end(options, handle, progress, traced);
  traced.accesses = tracer->read();
  traced.missing = tracer->missing();
  return traced;
}

}  // namespace

Result<TracedProcess> trace_process(const TraceOptions& options, const Progress& progress) {
  return options.command.empty() ? trace_running(options, progress)
                                 : trace_command(options, progress);
}

}  // namespace bytepath::storage
