#include "process/capture.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <span>
#include <string_view>
#include <utility>

#include "base/descriptor.h"
#include "process/ignored_signals.h"
#include "process/process_tree.h"

namespace bytepath::process {
namespace {

using Clock = std::chrono::steady_clock;

// Our environment with some variables replaced.
std::vector<std::string> merged_environment(const CaptureOptions& options) {
  std::vector<std::string> out;
  out.reserve(options.environment.size());
  for (const auto& [name, value] : options.environment) {
    out.push_back(fmt::format("{}={}", name, value));
  }
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& set : options.environment) replaced = replaced || set.first == name;
    if (!replaced) out.emplace_back(text);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Result<pid_t> start(std::vector<std::string> arguments, const CaptureOptions& options, int output,
                    int errors) {
  auto environment = merged_environment(options);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  if (!options.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
  }
  sigset_t usual;
  sigemptyset(&usual);
  for (const int number : bytepath_ignored_signals) sigaddset(&usual, number);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const std::string program = arguments.front();
  const int error = posix_spawn(&pid, program.c_str(), &actions, &attributes,
                                pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail_errno(error, "cannot run {}", program);
  return pid;
}

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "cannot make a pipe");
  return Pipe{.reading = Descriptor(ends[0]), .writing = Descriptor(ends[1])};
}

// A running program, until it has ended and closed its output: it may do either first. What it
// started may keep its standard error open, which is not waited for.
class Run {
 public:
  Run(pid_t pid, Descriptor output, Descriptor errors, const CaptureOptions& options)
      : pid_(pid),
        // Empty with a kernel before 5.3: then its end is waited for without a limit.
        process_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))),
        output_(std::move(output)),
        errors_(std::move(errors)),
        options_(options),
        deadline_(Clock::now() + options.time_limit) {}

  Result<> follow(Captured& captured) {
    while (output_ || process_) {
      std::array<pollfd, 3> waiting = {
          pollfd{.fd = output_.get(), .events = POLLIN, .revents = 0},
          pollfd{.fd = errors_.get(), .events = POLLIN, .revents = 0},
          pollfd{.fd = process_.get(), .events = POLLIN, .revents = 0}};
      if (auto waited = wait(waiting); !waited) return waited;
      if (waiting[1].revents != 0) read_errors(captured);
      if (waiting[0].revents != 0) {
        if (auto got = read_output(captured); !got) return got;
      }
      if (waiting[2].revents != 0) process_ = Descriptor();
    }
    drain_errors(captured);
    return {};
  }

  // Its exit status: 128 + n when signal n ended it.
  int reap() const {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  void kill_and_reap() const {
    signal_tree(pid_, SIGKILL);
    reap();
  }

  // Gives it the time to end its own children and to clean up.
  void terminate_and_reap() const {
    constexpr std::chrono::seconds patience(2);
    constexpr int pause_ms = 20;
    signal_tree(pid_, SIGTERM);
    const auto end = Clock::now() + patience;
    while (Clock::now() < end) {
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_) return;
      poll(nullptr, 0, pause_ms);
    }
    kill_and_reap();
  }

  bool was_interrupted() const { return was_interrupted_; }

 private:
  // Until one of them has something, at most until the next time to ask.
  Result<> wait(std::span<pollfd> waiting) {
    constexpr std::chrono::milliseconds asked_every(200);
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
    if (left.count() <= 0) return fail(ErrorKind::failed, "ran longer than its time limit");
    was_interrupted_ = options_.interrupted && options_.interrupted();
    if (was_interrupted_) return fail(ErrorKind::failed, "interrupted");
    const auto pause = std::min(left, asked_every);
    if (poll(waiting.data(), waiting.size(), static_cast<int>(pause.count())) >= 0) return {};
    if (errno != EINTR) return fail_errno(errno, "cannot wait");
    for (auto& each : waiting) each.revents = 0;
    return {};
  }

  Result<> read_output(Captured& captured) {
    const ssize_t got = read(output_.get(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) return {};
    if (got < 0) return fail_errno(errno, "cannot read output");
    if (got == 0) output_ = Descriptor();
    captured.output.append(buffer_.data(), static_cast<std::size_t>(got));
    if (captured.output.size() > options_.max_output)
      return fail(ErrorKind::failed, "wrote more than its limit");
    return {};
  }

  // What cannot be read is not there: it is for a message only.
  void read_errors(Captured& captured) {
    const ssize_t got = read(errors_.get(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
      errors_ = Descriptor();
      return;
    }
    captured.errors.append(buffer_.data(), static_cast<std::size_t>(got));
    if (captured.errors.size() > max_errors)
      captured.errors.erase(0, captured.errors.size() - max_errors);
  }

  // What it wrote before it ended, and no more than a pipe holds.
  void drain_errors(Captured& captured) {
    constexpr int pipe_fulls = 16;
    for (int i = 0; i < pipe_fulls && errors_; ++i) {
      pollfd waiting{.fd = errors_.get(), .events = POLLIN, .revents = 0};
      if (poll(&waiting, 1, 0) <= 0) return;
      read_errors(captured);
    }
  }

  pid_t pid_;
  Descriptor process_;
  Descriptor output_;
  Descriptor errors_;
  const CaptureOptions& options_;
  Clock::time_point deadline_;
  bool was_interrupted_ = false;
  std::array<char, 65536> buffer_{};
};

}  // namespace

Result<Captured> capture(const std::vector<std::string>& arguments, const CaptureOptions& options) {
  BYTEPATH_TRY(output, make_pipe());
  BYTEPATH_TRY(errors, make_pipe());
  auto pid = start(arguments, options, output.writing.get(), errors.writing.get());
  output.writing = Descriptor();  // or the end of the output would never come
  errors.writing = Descriptor();
  if (!pid) return std::unexpected(pid.error());
  Run run(*pid, std::move(output.reading), std::move(errors.reading), options);
  Captured captured;
  const auto complete = run.follow(captured);
  if (complete) {
    captured.exit_status = run.reap();
    return captured;
  }
  if (run.was_interrupted()) {
    run.terminate_and_reap();
  } else {
    run.kill_and_reap();
  }
  return fail(complete.error().kind,
              fmt::format("{}: {}", arguments.front(), complete.error().message));
}

}  // namespace bytepath::process
