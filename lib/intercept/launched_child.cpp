#include "intercept/launched_child.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "process/ignored_signals.h"

namespace bytepath::intercept {
namespace {

[[noreturn]] void give_up(int socket, Step step) {
  const Message message{.step = step, .error = errno};
  static_cast<void>(send(socket, &message, sizeof message, MSG_NOSIGNAL));
  _exit(127);
}

// Our end of the socket closes when we are gone.
void wait_for_word(int socket) {
  char word = 0;
  ssize_t got = -1;
  while ((got = recv(socket, &word, 1, 0)) < 0 && errno == EINTR) {
  }
  if (got != 1) _exit(127);
}

bool install_filter(const std::vector<sock_filter>& filter) {
  const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                           .filter = const_cast<sock_filter*>(filter.data())};
  // Before Linux 5.16 a filter slowed its process down against speculation unless told not to.
  constexpr unsigned long flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  const auto install = [&] {
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0;
  };
  if (install()) return true;
  if (errno != EACCES) return false;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && install();
}

bool take_rights(const process::Credentials& rights) {
  return setgroups(rights.groups.size(), rights.groups.data()) == 0 && setgid(rights.group) == 0 &&
         setuid(rights.user) == 0;
}

bool can_be_run(const char* path) {
  struct stat status{};
  if (stat(path, &status) != 0) return false;
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return false;
  }
  return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

void report_ready(int socket) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const Message message{.step = Step::ready,
                        .user_us = microseconds(used.ru_utime),
                        .system_us = microseconds(used.ru_stime),
                        .blocks_in = static_cast<std::uint64_t>(used.ru_inblock)};
  static_cast<void>(send(socket, &message, sizeof message, MSG_NOSIGNAL));
}

int place_descriptors(const Request& request, int socket) {
  constexpr unsigned close_on_exec = 4;  // CLOSE_RANGE_CLOEXEC, linux/close_range.h since 5.11
  constexpr int out_of_the_way = 16;
  const std::array<int, 3> wanted{request.input, request.output, request.error};
  std::array<int, 3> high{};
  const int high_socket = fcntl(socket, F_DUPFD_CLOEXEC, out_of_the_way);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    high.at(i) = fcntl(wanted.at(i), F_DUPFD_CLOEXEC, out_of_the_way);
  }
  for (int i = 0; i < 3; ++i) dup2(high.at(static_cast<std::size_t>(i)), i);
  syscall(SYS_close_range, 3, ~0U, close_on_exec);
  return high_socket;
}

}  // namespace

std::uint64_t microseconds(const timeval& time) {
  constexpr std::uint64_t second = 1000000;
  return static_cast<std::uint64_t>(time.tv_sec) * second +
         static_cast<std::uint64_t>(time.tv_usec);
}

[[noreturn]] void become_program(const Request& request, const Prepared& prepared, int socket,
                                 const sigset_t& signal_mask) {
  socket = place_descriptors(request, socket);
  // With file capabilities, or after setuid(2), we are none, and our copy could not be traced.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  const Message traceable{.step = Step::traceable};
  static_cast<void>(send(socket, &traceable, sizeof traceable, MSG_NOSIGNAL));
  wait_for_word(socket);  // that we are traced: without, a filter that stops would refuse
  // While we may still have the right to do without PR_SET_NO_NEW_PRIVS.
  if (!install_filter(prepared.filter)) give_up(socket, Step::filter);
  if (request.credentials != nullptr && !take_rights(*request.credentials)) {
    give_up(socket, Step::user);
  }
  if (!can_be_run(request.path.c_str())) give_up(socket, Step::program);
  report_ready(socket);
  wait_for_word(socket);
  setrlimit(RLIMIT_NOFILE, &prepared.descriptors);
  for (const int number : bytepath_ignored_signals) std::signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &signal_mask, nullptr);
  execve(request.path.c_str(), prepared.arguments.data(), prepared.environment.data());
  give_up(socket, Step::exec);
}

}  // namespace bytepath::intercept
