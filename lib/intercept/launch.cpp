#include "intercept/launch.h"

#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "intercept/filter.h"
#include "intercept/launched_child.h"
#include "intercept/process_status.h"

namespace bytepath::intercept {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> found;
  found.reserve(texts.size() + 1);
  for (const std::string& text : texts) found.push_back(const_cast<char*>(text.c_str()));
  found.push_back(nullptr);
  return found;
}

Error explain(const Message& message, const Request& request) {
  const std::string name = request.arguments.empty() ? request.path : request.arguments.front();
  switch (message.step) {
    case Step::filter: {
      Error error = fail_errno(message.error, "cannot install a seccomp filter").error();
      if (message.error == EINVAL || message.error == ENOSYS) error.kind = ErrorKind::unsupported;
      error.hint = "the kernel needs CONFIG_SECCOMP_FILTER, and a container must allow seccomp";
      return error;
    }
    case Step::user:
      return {.kind = ErrorKind::failed,
              .message =
                  fmt::format("cannot become the invoking user: {}", std::strerror(message.error)),
              .hint = "--as-root runs the command as root"};
    default:
      return {.kind = ErrorKind::usage,
              .message = fmt::format("cannot run '{}': {}", name, std::strerror(message.error)),
              .hint = message.error == ENOENT ? "is the path right?"
                                              : "it must be a program that this user may run"};
  }
}

Result<> trace(pid_t pid) {
  if (ptrace(PTRACE_SEIZE, pid, nullptr, trace_options()) == 0) return {};
  Error error = fail_errno(errno, "cannot trace a process").error();
  if (errno == ENOSYS) error.kind = ErrorKind::unsupported;
  error.hint = "a container must allow ptrace, and kernel.yama.ptrace_scope be below 2";
  return std::unexpected(error);
}

Result<Message> receive(int socket) {
  Message message;
  ssize_t got = -1;
  while ((got = recv(socket, &message, sizeof message, 0)) < 0 && errno == EINTR) {
  }
  if (got == sizeof message) return message;
  return fail(ErrorKind::failed, "a process ended before it could become the program");
}

// A process that is traced stops once more to say that it ends.
void end(pid_t pid) {
  kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
    ptrace(PTRACE_CONT, pid, nullptr, 0);
  }
}

Result<Launched> attach(Launched launched, const Request& request) {
  BYTEPATH_TRY(traceable, receive(launched.socket.get()));
  if (traceable.step != Step::traceable) return std::unexpected(explain(traceable, request));
  if (auto traced = trace(launched.pid); !traced) return std::unexpected(traced.error());
  let_go(launched);
  BYTEPATH_TRY(message, receive(launched.socket.get()));
  if (message.step != Step::ready) return std::unexpected(explain(message, request));
  launched.user_us = message.user_us;
  launched.system_us = message.system_us;
  launched.blocks_in = message.blocks_in;
  launched.filters = read_filter_count(launched.pid).value_or(0);
  return launched;
}

}  // namespace

long trace_options() {
  return PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;
}

Result<Launched> launch(const Request& request) {
  // Which files a process maps, and its pages, are seen there only.
  if (::access("/proc/self/fd", X_OK) != 0) {
    return fail(ErrorKind::unsupported, "cannot look at a command: /proc is not mounted",
                "mount -t proc proc /proc");
  }
  auto descriptor_limit = std::make_unique<const DescriptorLimit>();
  const Prepared prepared{.filter = filter_program({.unmapping = request.look_at_pages,
                                                    .advice = !request.look_at_pages ||
                                                              request.policy != Policy::as_is}),
                          .arguments = pointers(request.arguments),
                          .environment = pointers(request.environment),
                          .descriptors = descriptor_limit->before()};
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail_errno(errno, "cannot make a socket pair");
  }
  Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  // Signals wait until it becomes the program: being traced it would stop at one, and nobody
  // listens yet.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) become_program(request, prepared, theirs.get(), before);
  const int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return fail_errno(fork_error, "cannot start a process");
  theirs = Descriptor();  // so that its end can be seen
  Launched launched{
      .pid = pid, .socket = std::move(ours), .descriptor_limit = std::move(descriptor_limit)};
  auto attached = attach(std::move(launched), request);
  if (!attached) end(pid);
  return attached;
}

void let_go(const Launched& launched) {
  const char word = 'g';
  static_cast<void>(send(launched.socket.get(), &word, sizeof word, MSG_NOSIGNAL));
}

Result<> check_started(const Launched& launched, const Request& request) {
  Message message;
  const ssize_t got = recv(launched.socket.get(), &message, sizeof message, MSG_DONTWAIT);
  if (got != sizeof message) return {};
  return std::unexpected(explain(message, request));
}

}  // namespace bytepath::intercept
