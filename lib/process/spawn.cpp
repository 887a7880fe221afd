#include "process/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <utility>

#include "process/embedded_programs.h"
#include "process/spawn_protocol.h"

namespace bytepath::process {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view process_limit_hint = "see ulimit -u and the control group's pids.max";
constexpr int helper_socket = 3;       // socket_descriptor of spawn_helper.c
constexpr unsigned close_on_exec = 4;  // CLOSE_RANGE_CLOEXEC, linux/close_range.h since 5.11

// Tells why instead of the 0 that the helper says when it is ready. An errno of Linux fits (man 3
// errno: up to 133).
[[noreturn]] void give_up(int socket) {
  const auto error = static_cast<unsigned char>(errno);
  (void)send(socket, &error, 1, MSG_NOSIGNAL);
  _exit(127);
}

// Between fork and exec only what is safe after it: descriptors are moved, nothing is allocated.
[[noreturn]] void become_helper(int program, int socket, int null) {
  std::array<char, 16> name{"bytepath-spawn"};
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  // The socket may be one of 0 to 2, or the program 3: first both go where nothing is in the way.
  constexpr int out_of_the_way = 16;
  const int high_program = fcntl(program, F_DUPFD_CLOEXEC, out_of_the_way);
  const int high_socket = fcntl(socket, F_DUPFD_CLOEXEC, out_of_the_way);
  const int high_null = fcntl(null, F_DUPFD_CLOEXEC, out_of_the_way);
  if (high_program < 0 || high_socket < 0 || high_null < 0) give_up(socket);
  dup2(high_socket, helper_socket);
  for (int fd = 0; fd < helper_socket; ++fd) dup2(high_null, fd);
  // What we did not open ourselves and the caller left open must not reach the programs.
  syscall(SYS_close_range, helper_socket + 1, ~0U, close_on_exec);
  syscall(SYS_execveat, high_program, "", arguments.data(), environment.data(), AT_EMPTY_PATH);
  give_up(high_socket);
}

Error helper_error(int error) {
  // Of F_DUPFD beyond the limit the kernel says EINVAL.
  const bool too_few_files = error == EMFILE || error == EINVAL;
  return {.kind = ErrorKind::unsupported,
          .message = fmt::format("the spawn helper cannot be run here: {}",
                                 too_few_files ? "too few open files are allowed"
                                 : error == 0  ? "it ended at once"
                                               : std::strerror(error)),
          .hint = too_few_files ? "ulimit -n has to be 20 or more"
                                : "a security module may forbid to run files from memory"};
}

void add_text(std::string& to, std::string_view text) {
  // A zero within it would end it for execve as well.
  to.append(text.substr(0, text.find('\0')));
  to.push_back('\0');
}

Error start_error(const SpawnRequest& request, const bytepath_spawn_reply& reply) {
  const std::string name = request.arguments.empty() ? request.path : request.arguments.front();
  switch (reply.failed_step) {
    case bytepath_spawn_no_cgroup:
      return {
          .kind = ErrorKind::usage,
          .message = fmt::format("cannot enter the control group: {}", std::strerror(reply.error)),
          .hint = "give a cgroup v2 folder whose cgroup.procs this user may write"};
    case bytepath_spawn_no_user:
      return {
          .kind = ErrorKind::failed,
          .message = fmt::format("cannot become the invoking user: {}", std::strerror(reply.error)),
          .hint = "--as-root runs the commands as root"};
    case bytepath_spawn_no_process:
      return {.kind = ErrorKind::failed,
              .message = fmt::format("cannot start a process: {}", std::strerror(reply.error)),
              .hint = std::string(process_limit_hint)};
    default:
      return {.kind = ErrorKind::usage,
              .message = fmt::format("cannot run '{}': {}", name, std::strerror(reply.error))};
  }
}

// Takes what is there, without waiting for more.
void take_output(const SpawnRequest& request) {
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = read(request.drain, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    if (request.keep) request.keep({buffer.data(), static_cast<std::size_t>(got)});
    if (static_cast<std::size_t>(got) < buffer.size()) return;
  }
}

}  // namespace

int SpawnOutcome::exit_code() const {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Result<SpawnHelper> SpawnHelper::start(std::function<bool()> interrupted) {
  BYTEPATH_TRY(program, executable(spawn_helper_image(), "bytepath-spawn"));
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return std::unexpected(helper_error(errno));
  }
  Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null && errno == EMFILE) return std::unexpected(helper_error(errno));
  if (!null) return fail_errno(errno, "cannot open /dev/null");
  const pid_t pid = fork();
  if (pid < 0)
    return fail(ErrorKind::failed,
                fmt::format("cannot start the spawn helper: {}", std::strerror(errno)),
                std::string(process_limit_hint));
  if (pid == 0) become_helper(program.get(), theirs.get(), null.get());
  theirs = Descriptor();  // or a helper that cannot begin would be waited for without end
  SpawnHelper helper(pid, std::move(ours), std::move(interrupted));
  unsigned char error = 0;
  ssize_t got = -1;
  while ((got = read(helper.socket_.get(), &error, 1)) < 0 && errno == EINTR) {
  }
  if (got != 1 || error != 0) return std::unexpected(helper_error(error));
  return helper;
}

SpawnHelper::SpawnHelper(pid_t pid, Descriptor socket, std::function<bool()> interrupted)
    : pid_(pid), socket_(std::move(socket)), interrupted_(std::move(interrupted)) {}

SpawnHelper::SpawnHelper(SpawnHelper&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      socket_(std::move(other.socket_)),
      interrupted_(std::move(other.interrupted_)) {}

SpawnHelper::~SpawnHelper() {
  if (pid_ < 0) return;
  socket_ = Descriptor();  // it ends when its socket does
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<> SpawnHelper::pin_to(unsigned cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
  if (sched_setaffinity(pid_, sizeof set, &set) == 0) return {};
  return fail(ErrorKind::usage, fmt::format("CPU {} is not there or not ours to use", cpu),
              "see Cpus_allowed_list in /proc/self/status");
}

Result<> SpawnHelper::send(const SpawnRequest& request) {
  bytepath_spawn_request header{
      .timeout_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, request.timeout.count())),
      .argument_count = static_cast<std::uint32_t>(request.arguments.size()),
      .environment_count = static_cast<std::uint32_t>(request.environment.size())};
  if (request.own_group) header.flags |= bytepath_spawn_own_group;
  if (!request.interruptible) header.flags |= bytepath_spawn_undisturbed;
  std::string bytes;
  if (request.credentials != nullptr) {
    const auto& groups = request.credentials->groups;
    header.flags |= bytepath_spawn_as_user;
    header.user = request.credentials->user;
    header.group = request.credentials->group;
    header.group_count = static_cast<std::uint32_t>(groups.size());
    for (const gid_t group : groups) {
      bytes.append(std::string_view(reinterpret_cast<const char*>(&group), sizeof group));
    }
  }
  const std::size_t groups_size = bytes.size();
  add_text(bytes, request.path);
  for (const auto& text : request.arguments) add_text(bytes, text);
  for (const auto& text : request.environment) add_text(bytes, text);
  header.strings_size = static_cast<std::uint32_t>(bytes.size() - groups_size);

  std::array<int, bytepath_spawn_max_descriptors> descriptors{request.input, request.output,
                                                              request.error};
  std::size_t count = 3;
  if (request.program != nullptr) {
    header.flags |= bytepath_spawn_has_program;
    descriptors[count++] = request.program->get();
  }
  if (request.cgroup >= 0) {
    header.flags |= bytepath_spawn_has_cgroup;
    descriptors[count++] = request.cgroup;
  }
  bytes.insert(0, reinterpret_cast<const char*>(&header), sizeof header);

  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
  msghdr message{.msg_iov = &part,
                 .msg_iovlen = 1,
                 .msg_control = control.data(),
                 .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
  std::memcpy(CMSG_DATA(rights), descriptors.data(), sizeof(int) * count);
  while (part.iov_len > 0) {
    const ssize_t sent = sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return fail_errno(errno, "cannot reach the spawn helper");
    part.iov_base = static_cast<char*>(part.iov_base) + sent;
    part.iov_len -= static_cast<std::size_t>(sent);
    message.msg_control = nullptr;  // the descriptors went with the first part
    message.msg_controllen = 0;
  }
  return {};
}

Result<> SpawnHelper::wait_for_reply(const SpawnRequest& request) {
  constexpr int grace_ms = 1000;
  std::array<pollfd, 2> waiting{pollfd{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = request.drain, .events = POLLIN, .revents = 0}};
  bool asked_to_end = false;
  Clock::time_point patience;
  while (true) {
    // A signal between the question and poll is only seen at the next turn.
    const bool asks = interrupted_ && request.interruptible;
    const int limit_ms = asks ? 200 : -1;
    if (asks && interrupted_()) {
      if (!asked_to_end) {
        kill(pid_, SIGTERM);
        patience = Clock::now() + std::chrono::milliseconds(grace_ms);
        asked_to_end = true;
      } else if (Clock::now() >= patience) {
        kill(pid_, SIGUSR1);
      }
    }
    if (poll(waiting.data(), waiting.size(), limit_ms) < 0) {
      if (errno == EINTR) continue;
      return fail_errno(errno, "cannot wait for the spawn helper");
    }
    if ((waiting[1].revents & POLLIN) != 0) take_output(request);
    if ((waiting[1].revents & (POLLHUP | POLLERR)) != 0 && (waiting[1].revents & POLLIN) == 0) {
      waiting[1].fd = -1;  // all its writers are gone
    }
    if (waiting[0].revents != 0) return {};
  }
}

Result<SpawnOutcome> SpawnHelper::run(const SpawnRequest& request) {
  if (auto sent = send(request); !sent) return std::unexpected(sent.error());
  if (auto waited = wait_for_reply(request); !waited) return std::unexpected(waited.error());
  bytepath_spawn_reply reply{};
  std::size_t got = 0;
  while (got < sizeof reply) {
    const ssize_t part =
        recv(socket_.get(), reinterpret_cast<char*>(&reply) + got, sizeof reply - got, MSG_WAITALL);
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) {
      return fail(ErrorKind::failed, "the spawn helper has ended",
                  "it was killed, or there is no memory left: see the kernel's log");
    }
    got += static_cast<std::size_t>(part);
  }
  if (request.drain >= 0) take_output(request);
  if (reply.failed_step != bytepath_spawn_started) {
    return std::unexpected(start_error(request, reply));
  }
  return SpawnOutcome{.started_ns = reply.started_ns,
                      .ended_ns = reply.ended_ns,
                      .status = reply.status,
                      .timed_out = reply.timed_out != 0,
                      .user_us = reply.user_us,
                      .system_us = reply.system_us,
                      .max_rss_kib = reply.max_rss_kib,
                      .minor_faults = reply.minor_faults,
                      .major_faults = reply.major_faults,
                      .blocks_in = reply.blocks_in,
                      .blocks_out = reply.blocks_out,
                      .voluntary_switches = reply.voluntary_switches,
                      .involuntary_switches = reply.involuntary_switches};
}

}  // namespace bytepath::process
