#include "mounts/recorder.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <memory>
#include <thread>

#include "base/file.h"
#include "mounts/trace_builder.h"
#include "mounts/trace_file.h"
#include "mounts/tracing.h"
#include "process/process_handle.h"

namespace bytepath::mounts {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The ring holds some hundred thousand events, which even a warm mount takes longer to make.
constexpr auto drain_interval = 5ms;
constexpr auto look_interval = 200ms;

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

std::vector<std::string> names_of(const Levels& levels) {
  std::vector<std::string> names;
  if (levels.requests) names.emplace_back("fuse");
  if (levels.cache) names.emplace_back("cache");
  if (levels.upstream) names.emplace_back("upstream");
  return names;
}

Result<std::uint64_t> cgroup_id(const std::string& folder) {
  struct stat status{};
  if (::stat((folder + "/cgroup.procs").c_str(), &status) != 0 ||
      ::stat(folder.c_str(), &status) != 0) {
    return fail(ErrorKind::usage, fmt::format("--cgroup: {} is no control group", folder),
                "give a folder of cgroup v2, below /sys/fs/cgroup");
  }
  return status.st_ino;  // the id of cgroup v2 (kernfs)
}

// Takes events out of the kernel while something else goes on.
class Drain {
 public:
  Drain(trace::MountTracer& tracer, MountTrace& trace, TraceWriter* writer)
      : tracer_(tracer), trace_(trace), writer_(writer), builder_(trace, name_of_process) {}

  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        drain();
        std::this_thread::sleep_for(drain_interval);
      }
    });
  }

  // What the tracer's own looking at the mount caused is none of what is recorded; its files, peers
  // and daemons stay.
  void forget_records() {
    drain();
    trace_.requests.clear();
    trace_.accesses.clear();
    trace_.stalls.clear();
    trace_.transfers.clear();
    trace_.http.clear();
    tracer_.clear_heat();
  }

  void stop() {
    if (thread_.joinable()) {
      thread_.request_stop();
      thread_.join();
    }
    drain();
    tracer_.read_heat([this](const bytepath_heat_key& key, const bytepath_heat& heat) {
      builder_.add(key, heat);
    });
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  void drain() {
    tracer_.drain(builder_);
    if (writer_ == nullptr || error_) return;
    if (auto written = writer_->add(trace_); !written) error_ = written.error();
  }

  trace::MountTracer& tracer_;
  MountTrace& trace_;
  TraceWriter* writer_;
  TraceBuilder builder_;
  std::optional<Error> error_;
  std::jthread thread_;
};

// What runs, or is watched, while the events are taken.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual std::optional<trace::MountTarget> target() const = 0;
  // Until it is over. Errors: the command cannot be started.
  virtual Result<> run(Recording& recording) = 0;
};

class CommandSubject final : public Subject {
 public:
  static Result<std::unique_ptr<Subject>> create(const RecordOptions& options,
                                                 const Progress& progress) {
    BYTEPATH_TRY(path, process::find_program(options.command.front()));
    auto interrupted = std::make_unique<bool>(false);
    BYTEPATH_TRY(helper, process::SpawnHelper::start([&progress, flag = interrupted.get()] {
                   if (!progress(0, 0, "recording the command")) *flag = true;
                   return *flag;
                 }));
    return std::unique_ptr<Subject>(
        new CommandSubject(options, path, std::move(helper), std::move(interrupted)));
  }

  std::optional<trace::MountTarget> target() const override {
    return trace::MountTarget{.process = helper_.pid()};
  }

  Result<> run(Recording& recording) override {
    const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    process::SpawnRequest request{.path = path_,
                                  .arguments = options_.command,
                                  .input = STDIN_FILENO,
                                  .output = STDOUT_FILENO,
                                  .error = STDERR_FILENO,
                                  .own_group = false};
    if (options_.quiet_command) request.input = request.output = request.error = null.get();
    for (char** each = environ; *each != nullptr; ++each) request.environment.emplace_back(*each);
    if (options_.credentials) request.credentials = &*options_.credentials;
    auto ended = helper_.run(request);
    if (!ended) {
      Error error = ended.error();
      if (error.kind == ErrorKind::usage && error.hint.empty()) error.hint = "is the path right?";
      return std::unexpected(std::move(error));
    }
    const auto& outcome = *ended;
    recording.trace.begin_ns = outcome.started_ns;
    recording.trace.end_ns = outcome.ended_ns;
    recording.trace.cpu_ns = 1000.0 * static_cast<double>(outcome.user_us + outcome.system_us);
    recording.trace.exit_code = outcome.exit_code();
    recording.interrupted = *interrupted_;
    return {};
  }

 private:
  CommandSubject(const RecordOptions& options, std::string path, process::SpawnHelper helper,
                 std::unique_ptr<bool> interrupted)
      : options_(options),
        path_(std::move(path)),
        helper_(std::move(helper)),
        interrupted_(std::move(interrupted)) {}

  const RecordOptions& options_;
  std::string path_;
  process::SpawnHelper helper_;
  std::unique_ptr<bool> interrupted_;
};

class WatchSubject final : public Subject {
 public:
  static Result<std::unique_ptr<Subject>> create(const RecordOptions& options,
                                                 const Progress& progress) {
    auto subject = std::unique_ptr<WatchSubject>(new WatchSubject(options, progress));
    if (options.process != 0) {
      BYTEPATH_TRY(handle, process::open_process(options.process));
      subject->process_ = std::move(handle);
      subject->target_ = trace::MountTarget{.process = options.process};
    } else if (!options.cgroup.empty()) {
      BYTEPATH_TRY(id, cgroup_id(options.cgroup));
      subject->target_ = trace::MountTarget{.cgroup = id};
    }
    return std::unique_ptr<Subject>(std::move(subject));
  }

  std::optional<trace::MountTarget> target() const override { return target_; }

  Result<> run(Recording& recording) override {
    recording.trace.begin_ns = now_ns();
    const auto begin = Clock::now();
    while (true) {
      auto wait = std::chrono::nanoseconds(look_interval);
      if (options_.duration) {
        const auto left = *options_.duration - (Clock::now() - begin);
        if (left <= 0ns) break;
        wait = std::min(wait, std::chrono::nanoseconds(left));
      }
      pollfd ended{.fd = process_ ? process_.get() : -1, .events = POLLIN, .revents = 0};
      const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
      if (poll(&ended, 1, static_cast<int>(milliseconds)) > 0) break;
      if (!progress_(0, 0, "recording")) {
        recording.interrupted = options_.duration.has_value();
        break;
      }
      if (!is_mounted(recording.stack.front().entry)) {
        recording.vanished = true;
        break;
      }
    }
    recording.trace.end_ns = now_ns();
    return {};
  }

 private:
  WatchSubject(const RecordOptions& options, const Progress& progress)
      : options_(options), progress_(progress) {}

  const RecordOptions& options_;
  const Progress& progress_;
  Descriptor process_;
  std::optional<trace::MountTarget> target_;
};

void add_missing(Recording& recording, const trace::MountTracer& tracer) {
  for (const auto& part : tracer.missing())
    recording.trace.missing.push_back(
        {.what = part.what, .reason = part.reason, .remedy = part.remedy});
  if (recording.vanished) {
    recording.trace.missing.push_back(
        {.what = "what came after the end of the mount",
         .reason = fmt::format("{} was unmounted while it was recorded",
                               recording.stack.front().entry.path),
         .remedy = ""});
  }
}

}  // namespace

Result<Recording> record(const RecordOptions& options, const Progress& progress) {
  Recording recording;
  BYTEPATH_TRY(stack, find_stack(options.mount, {}));
  recording.stack = watched_part(stack);
  BYTEPATH_TRY(subject, options.command.empty() ? WatchSubject::create(options, progress)
                                                : CommandSubject::create(options, progress));
  auto wanted = tracer_options(options, recording.stack);
  wanted.target = subject->target();
  BYTEPATH_TRY(tracer, trace::MountTracer::start(wanted));

  MountTrace& trace = recording.trace;
  trace.version = options.version;
  trace.started = now_text();
  trace.begin_ns = now_ns();
  trace.levels = names_of(options.levels);
  trace.command = options.command;
  trace.mounts = mounts_of(recording.stack);
  std::optional<TraceWriter> writer;
  if (!options.output.empty()) {
    BYTEPATH_TRY(created, TraceWriter::create(options.output, trace));
    writer.emplace(std::move(created));
  }
  Drain drain(*tracer, trace, writer ? &*writer : nullptr);
  ask_daemons(recording.stack);
  drain.forget_records();
  drain.start();
  auto ran = subject->run(recording);
  drain.stop();
  if (!ran) return std::unexpected(ran.error());
  if (!is_mounted(recording.stack.front().entry)) recording.vanished = true;
  trace.losses = losses_of(tracer->losses());
  add_missing(recording, *tracer);
  if (!writer) return recording;
  if (!drain.error()) {
    if (auto finished = writer->finish(trace); !finished) recording.error = finished.error();
  } else {
    recording.error = drain.error();
  }
  if (recording.error) {
    recording.error->hint = fmt::format("{} holds what was recorded until then", options.output);
    if (auto kept = writer->keep(); !kept) recording.error = kept.error();
  }
  return recording;
}

}  // namespace bytepath::mounts
