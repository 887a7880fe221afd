#include "process/capture.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

#include "base/descriptor.h"

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

Result<pid_t> start(std::vector<std::string> arguments, const CaptureOptions& options, int output) {
  auto environment = merged_environment(options);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (!options.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
  }
  pid_t pid = -1;
  const std::string program = arguments.front();
  const int error = posix_spawn(&pid, program.c_str(), &actions, nullptr,
                                pointers(arguments).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail_errno(error, "cannot run {}", program);
  return pid;
}

// Waits until there is something to read, or until the time limit.
Result<> wait_readable(int fd, Clock::time_point deadline) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = left > 0 ? poll(&waiting, 1, static_cast<int>(left)) : 0;
    if (ready > 0) return {};
    if (ready == 0) return fail(ErrorKind::failed, "ran longer than its time limit");
    if (errno != EINTR) return fail_errno(errno, "cannot wait");
  }
}

Result<> read_all(int fd, std::size_t max_output, Clock::time_point deadline, std::string& out) {
  std::array<char, 65536> buffer{};
  while (true) {
    if (auto ready = wait_readable(fd, deadline); !ready) return ready;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read output");
    if (got == 0) return {};
    out.append(buffer.data(), static_cast<std::size_t>(got));
    if (out.size() > max_output) return fail(ErrorKind::failed, "wrote more than its limit");
  }
}

// A program may close its output and run on.
Result<> wait_for_exit(pid_t pid, Clock::time_point deadline) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process) return {};  // a kernel before 5.3: it is waited for without a limit
  return wait_readable(process.get(), deadline);
}

int reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Captured> capture(const std::vector<std::string>& arguments, const CaptureOptions& options) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "cannot make a pipe");
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  auto pid = start(arguments, options, writing.get());
  writing = Descriptor();  // or the end of the output would never come
  if (!pid) return std::unexpected(pid.error());
  Captured captured;
  const auto deadline = Clock::now() + options.time_limit;
  auto complete = read_all(reading.get(), options.max_output, deadline, captured.output);
  if (complete) complete = wait_for_exit(*pid, deadline);
  if (!complete) kill(*pid, SIGKILL);
  captured.exit_status = reap(*pid);
  if (!complete) {
    return fail(complete.error().kind,
                fmt::format("{}: {}", arguments.front(), complete.error().message));
  }
  return captured;
}

}  // namespace bytepath::process
