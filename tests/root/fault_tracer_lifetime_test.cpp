#include <bpf/bpf.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>
#include <string>

#include "base/descriptor.h"
#include "support/fault_recording.h"
#include "trace/fault_tracer.h"

// What a tracer leaves behind, and how it finds its way in a container.
namespace bytepath::trace {
namespace {

using test::Shared;
using test::StandingChild;

// The ids of the loaded programs with the name of one of ours (the kernel keeps 15 letters).
std::set<std::uint32_t> our_programs() {
  std::set<std::uint32_t> out;
  std::uint32_t id = 0;
  while (::bpf_prog_get_next_id(id, &id) == 0) {
    const Descriptor program(::bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    std::uint32_t size = sizeof info;
    if (!program || ::bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) continue;
    if (std::string(info.name) == std::string("begin_user_fault").substr(0, BPF_OBJ_NAME_LEN - 1))
      out.insert(id);
  }
  return out;
}

// That are there now and were not before, when some may still have waited to be freed.
std::size_t new_programs(const std::set<std::uint32_t>& before) {
  const auto now = our_programs();
  return static_cast<std::size_t>(
      std::ranges::count_if(now, [&](std::uint32_t id) { return !before.contains(id); }));
}

// The kernel frees programs a little after their last descriptor is closed.
bool gone_soon(const std::set<std::uint32_t>& before) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (new_programs(before) == 0) return true;
    ::usleep(50'000);
  }
  return false;
}

TEST(LiveFaultTracerLifetime, LeavesNoProgramBehind) {
  const auto before = our_programs();
  StandingChild child([] {});
  auto tracer = trace_faults_by_bpf({.process = child.pid()});
  BYTEPATH_SKIP_IF_REFUSED(tracer);
  EXPECT_EQ(new_programs(before), 1U);
  tracer->reset();
  EXPECT_TRUE(gone_soon(before));
}

TEST(LiveFaultTracerLifetime, LeavesNoProgramBehindWhenItIsKilled) {
  const auto before = our_programs();
  Shared<std::atomic<int>> outcome;
  StandingChild target([] {});
  StandingChild tracing([&] {
    const auto tracer = trace_faults_by_bpf({.process = target.pid()});
    outcome->store(tracer ? 1 : 2);
    ::pause();
  });
  tracing.let_go();
  while (outcome->load() == 0) ::usleep(1000);
  if (outcome->load() == 2) {
    const auto refused = trace_faults_by_bpf({.process = target.pid()});
    BYTEPATH_SKIP_IF_REFUSED(refused);
  }
  EXPECT_EQ(new_programs(before), 1U);
  ::kill(tracing.pid(), SIGKILL);
  while (!tracing.ended()) ::usleep(1000);
  EXPECT_TRUE(gone_soon(before));
}

// As fork(2), with a number that another process had; -1 where this user may not choose.
pid_t fork_as(pid_t number) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  arguments.set_tid = reinterpret_cast<std::uintptr_t>(&number);
  arguments.set_tid_size = 1;
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

TEST(LiveFaultTracerLifetime, DoesNotTakeAStrangerForAProcessThatHasEnded) {
  Shared<pid_t> grandchild;
  StandingChild child([&] {
    const pid_t started = ::fork();
    if (started == 0) ::_exit(0);
    *grandchild = started;
    ::waitpid(started, nullptr, 0);
  });
  const auto tracer = trace_faults_by_bpf({.process = child.pid()});
  BYTEPATH_SKIP_IF_REFUSED(tracer);
  child.let_go();
  while (!child.ended()) ::usleep(1000);
  test::Recording seen;
  (*tracer)->drain(seen, false);
  EXPECT_FALSE(seen.faults.empty());
  seen.faults.clear();
  for (const pid_t number : {child.pid(), *grandchild}) {
    const pid_t stranger = fork_as(number);
    if (stranger == 0) ::_exit(0);
    if (stranger < 0)
      GTEST_SKIP() << "cannot choose the number of a process: " << std::strerror(errno);
    EXPECT_EQ(stranger, number);
    ::waitpid(stranger, nullptr, 0);
  }
  (*tracer)->drain(seen, true);
  EXPECT_TRUE(seen.faults.empty());
}

struct Inside {
  std::array<char, 200> refused;
  pid_t target;
  pid_t nested;
  std::uint64_t of_target;
  std::uint64_t of_nested;
  std::uint64_t all;
  std::uint64_t unmapped;
  std::uint64_t kernel_count;
};

// As in a container: a PID namespace with its own /proc.
void trace_inside(Inside& out) {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("proc", "/proc", "proc", 0, nullptr) != 0) {
    std::strcpy(out.refused.data(), "cannot mount a /proc");
    return;
  }
  const auto run = test::trace_child([&] {
    out.target = ::getpid();
    const pid_t nested = ::fork();
    if (nested == 0) ::_exit(0);
    out.nested = nested;
    ::waitpid(nested, nullptr, 0);
  });
  if (!run) {
    run.error().message.copy(out.refused.data(), out.refused.size() - 1);
    return;
  }
  out.kernel_count = run->kernel_count;
  out.all = run->seen->faults.size();
  for (const auto& each : run->seen->faults) {
    const auto process = static_cast<pid_t>(each.event.process);
    const bool of_leader = each.event.process == each.event.thread;
    out.of_target += of_leader && process == out.target ? 1 : 0;
    out.of_nested += of_leader && process == out.nested ? 1 : 0;
    out.unmapped += each.mapped ? 0 : 1;
  }
}

TEST(LiveFaultTracerLifetime, KnowsProcessesByTheNumbersOfItsOwnNamespace) {
  Shared<Inside> inside;
  const pid_t outer = ::fork();
  if (outer == 0) {
    if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) ::_exit(1);
    const pid_t first = ::fork();
    if (first == 0) {
      trace_inside(*inside);
      ::_exit(0);
    }
    ::waitpid(first, nullptr, 0);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(outer, &status, 0);
  if (status != 0) GTEST_SKIP() << "cannot make a PID namespace (needs CAP_SYS_ADMIN)";
  if (inside->refused[0] != '\0') GTEST_SKIP() << inside->refused.data();
  EXPECT_LT(inside->target, 10);
  EXPECT_GT(inside->of_target, 0U);
  EXPECT_GT(inside->of_nested, 0U);
  EXPECT_EQ(inside->of_target + inside->of_nested, inside->all);
  EXPECT_EQ(inside->all, inside->kernel_count);
  EXPECT_EQ(inside->unmapped, 0U);
}

}  // namespace
}  // namespace bytepath::trace
