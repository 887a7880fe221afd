#include "support/process.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/descriptor.h"

namespace bytepath::test {
namespace {

using Clock = std::chrono::steady_clock;

// Both ends of a pipe. Close-on-exec: the child keeps only what it duplicates.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
  Descriptor read;
  Descriptor write;
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

// A filter that refuses one system call; filters add up.
bool refuse(unsigned system_call) {
  std::array<sock_filter, 4> program{
      {{.code = BPF_LD | BPF_W | BPF_ABS, .k = offsetof(seccomp_data, nr)},
       {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 0, .jf = 1, .k = system_call},
       {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ERRNO | EPERM},
       {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW}}};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// In the child, between fork and exec. 127 as a shell's "not found", 126 for what comes before.
[[noreturn]] void become(const Command& command, int in, int out, int err) {
  setpgid(0, 0);
  signal(SIGPIPE, SIG_DFL);
  if (!command.output_path.empty()) out = open(command.output_path.c_str(), O_WRONLY | O_CLOEXEC);
  if (out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(126);
  for (const int fd : command.closed) close(fd);
  if (!command.directory.empty() && chdir(command.directory.c_str()) != 0) _exit(126);
  if (command.user && (setgid(*command.user) != 0 || setuid(*command.user) != 0)) _exit(126);
  for (const unsigned system_call : command.refused) {
    if (!refuse(system_call)) _exit(126);
  }
  execve(command.arguments.front().c_str(), pointers(command.arguments).data(),
         pointers(command.environment).data());
  _exit(127);
}

// Appends all that is there now; closes the descriptor at its end.
void drain(Descriptor& from, std::string& to) {
  std::array<char, 65536> buffer{};
  while (from) {
    const ssize_t count = read(from.get(), buffer.data(), buffer.size());
    if (count > 0) {
      to.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EAGAIN) {
      return;
    } else if (count == 0 || errno != EINTR) {
      from = Descriptor();
    }
  }
}

void feed(Descriptor& to, std::string_view& rest) {
  const ssize_t count = rest.empty() ? 0 : write(to.get(), rest.data(), rest.size());
  if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
  if (rest.empty() || (count < 0 && errno != EINTR && errno != EAGAIN)) to = Descriptor();
}

int milliseconds_until(Clock::time_point when) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - Clock::now()).count();
  return static_cast<int>(left > 0 ? left : 0);
}

struct Child {
  pid_t pid;
  Descriptor exited;  // a pidfd, readable from its exit on
  Descriptor in, out, err;
};

Child start(const Command& command) {
  Pipe in;
  Pipe out;
  Pipe err;
  const pid_t pid = fork();
  if (pid < 0) std::abort();
  if (pid == 0) become(command, in.read.get(), out.write.get(), err.write.get());
  for (const auto* ours : {&in.write, &out.read, &err.read})
    fcntl(ours->get(), F_SETFL, O_NONBLOCK);
  return {.pid = pid,
          .exited = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))),
          .in = std::move(in.write),
          .out = std::move(out.read),
          .err = std::move(err.read)};
}

// Talks to the child until it exits, interrupting it when asked and killing it at the limit.
void converse(Child& child, const Command& command, Clock::time_point started, Outcome& outcome) {
  std::string_view rest = command.input;
  auto interrupt = command.interrupt_after;
  for (bool exited = false; !exited;) {
    const auto deadline =
        started + (interrupt ? std::min(*interrupt, command.limit) : command.limit);
    std::array<pollfd, 4> fds{{{.fd = child.out.get(), .events = POLLIN, .revents = 0},
                               {.fd = child.err.get(), .events = POLLIN, .revents = 0},
                               {.fd = child.in.get(), .events = POLLOUT, .revents = 0},
                               {.fd = child.exited.get(), .events = POLLIN, .revents = 0}}};
    poll(fds.data(), fds.size(), milliseconds_until(deadline));
    exited = fds[3].revents != 0;
    // What it wrote last is in the pipes by now; those it started may hold them open for long.
    if (exited || fds[0].revents != 0) drain(child.out, outcome.out);
    if (exited || fds[1].revents != 0) drain(child.err, outcome.err);
    if (fds[2].revents != 0) feed(child.in, rest);
    if (exited || Clock::now() < deadline) continue;
    if (interrupt) {
      kill(command.interrupt_group ? -child.pid : child.pid, command.interrupt_signal);
      interrupt.reset();
    } else if (!outcome.timed_out) {
      outcome.timed_out = true;
      kill(-child.pid, SIGKILL);  // the group of this child and what it started
    }
  }
}

}  // namespace

Outcome run(const Command& command) {
  // A program that does not read its input must not end the test.
  signal(SIGPIPE, SIG_IGN);
  Outcome outcome;
  const auto started = Clock::now();
  Child child = start(command);
  converse(child, command, started, outcome);
  int status = 0;
  rusage usage{};
  while (wait4(child.pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  outcome.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
  outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.peak_rss_kib = usage.ru_maxrss;
  return outcome;
}

}  // namespace bytepath::test
