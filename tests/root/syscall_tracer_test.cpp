#include "trace/syscall_tracer.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/fault_recording.h"
#include "support/loaded_programs.h"
#include "support/other_user.h"
#include "support/process.h"
#include "support/temporary_folder.h"
#include "support/watched_command.h"
#include "trace/copy_census_tracer.h"

// The system calls of known programs, against what they are known to make and what strace counts.
namespace bytepath::trace {
namespace {

struct Counts {
  std::uint64_t calls = 0;
  std::uint64_t errors = 0;
  bool operator==(const Counts&) const = default;
};
using CountsByName = std::map<std::string, Counts>;

void PrintTo(const Counts& counts, std::ostream* out) {
  *out << counts.calls << " calls, " << counts.errors << " errors";
}

SyscallTotal total_of(const std::vector<SyscallTotal>& totals, const std::string& name) {
  const auto found = std::ranges::find(totals, name, &SyscallTotal::name);
  return found == totals.end() ? SyscallTotal{} : *found;
}

// strace does not count a call that never returns. How often futex(2) is called is a matter of
// whether a thread ends before it is waited for.
bool is_comparable(const std::string& name) {
  static const std::set<std::string> left_out = {"exit", "exit_group", "futex", "restart_syscall"};
  return !left_out.contains(name);
}

CountsByName by_name(const std::vector<SyscallTotal>& totals) {
  CountsByName counts;
  for (const auto& total : totals)
    if (is_comparable(total.name))
      counts[total.name] = {.calls = total.calls, .errors = total.errors};
  return counts;
}

// "% time seconds usecs/call calls [errors] syscall", between two lines of dashes.
CountsByName read_strace(const std::string& summary) {
  CountsByName counts;
  std::istringstream lines(summary);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> fields;
    for (std::string word; words >> word;) fields.push_back(word);
    if (fields.size() < 5 || fields[0] == "%" || fields[0].starts_with("-")) continue;
    if (fields.back() == "total" || !is_comparable(fields.back())) continue;
    counts[fields.back()] = {.calls = std::stoull(fields[3]),
                             .errors = fields.size() > 5 ? std::stoull(fields[4]) : 0};
  }
  return counts;
}

const std::vector<std::string> tree = {BYTEPATH_CALLER, "tree", "1000"};

TEST(LiveSyscallTracer, CountsWhatStraceCounts) {
  const test::TemporaryFolder folder;
  const auto summary = folder.at("summary");
  std::vector<std::string> traced = {"/usr/bin/strace", "-f", "-c", "-o", summary};
  traced.insert(traced.end(), tree.begin(), tree.end());
  if (::access(traced.front().c_str(), X_OK) != 0) GTEST_SKIP() << "strace is not installed";
  const auto watched = test::watch_command(tree);
  BYTEPATH_SKIP_IF_REFUSED(watched);
  const auto outcome = test::run({.arguments = traced, .environment = {}});
  if (outcome.status != 0) GTEST_SKIP() << "strace cannot trace here: " << outcome.err;
  const auto expected = read_strace(folder.read("summary"));
  EXPECT_GT(expected.size(), 10U);
  EXPECT_EQ(by_name(watched->totals), expected);
  EXPECT_EQ(watched->losses.calls + watched->losses.processes, 0U);
  EXPECT_EQ(watched->losses.times, 0U);
}

TEST(LiveSyscallTracer, SeesThreadsChildrenAndExecutedPrograms) {
  const auto watched = test::watch_command(tree);
  BYTEPATH_SKIP_IF_REFUSED(watched);
  const auto& totals = watched->totals;
  EXPECT_EQ(total_of(totals, "getppid").calls, 5000U);
  EXPECT_EQ(total_of(totals, "getppid").errors, 0U);
  EXPECT_EQ(total_of(totals, "execve").calls, 4U);
  EXPECT_EQ(total_of(totals, "execve").errors, 1U);
  EXPECT_EQ(total_of(totals, "vfork").calls, 1U);
  EXPECT_EQ(total_of(totals, "write").calls, 20U);
  EXPECT_EQ(total_of(totals, "write").bytes, 2000U);
  EXPECT_EQ(total_of(totals, "read").errors, 7U);
  EXPECT_EQ(total_of(totals, "exit").unreturned, 1U) << "of the thread";
  EXPECT_EQ(total_of(totals, "exit_group").unreturned, 3U);
  EXPECT_EQ(total_of(totals, "wait4").calls, 2U);
}

TEST(LiveSyscallTracer, CountsEachTimeOnce) {
  const auto watched = test::watch_command(tree);
  BYTEPATH_SKIP_IF_REFUSED(watched);
  for (const auto& total : watched->totals) {
    EXPECT_EQ(total.latency.count(), total.calls - total.unreturned) << total.name;
    EXPECT_LE(total.max_ns, total.total_ns) << total.name;
    EXPECT_LE(total.latency.quantile(0.5), static_cast<double>(total.max_ns)) << total.name;
  }
}

TEST(LiveSyscallTracer, TimesACallThatWaits) {
  const auto watched = test::watch_command({"/bin/sleep", "0.05"});
  BYTEPATH_SKIP_IF_REFUSED(watched);
  const auto slept = total_of(watched->totals, "clock_nanosleep");
  ASSERT_EQ(slept.calls, 1U);
  EXPECT_GE(slept.total_ns, 50'000'000U);
  EXPECT_EQ(slept.max_ns, slept.total_ns);
}

TEST(LiveSyscallTracer, CountsACallThatASignalEnds) {
  const auto watched =
      test::watch_command({"/bin/sh", "-c", "sleep 60 & sleep 0.1; kill -9 $!; wait $! || true"});
  BYTEPATH_SKIP_IF_REFUSED(watched);
  const auto slept = total_of(watched->totals, "clock_nanosleep");
  EXPECT_EQ(slept.calls, 2U);
  EXPECT_EQ(slept.errors, 1U) << "the kernel ends the call before it delivers the signal";
  EXPECT_EQ(slept.latency.count(), 2U);
}

TEST(LiveSyscallTracer, BeginsAnewAfterAReset) {
  test::StandingChild child([] {
    for (int i = 0; i < 100; ++i) ::syscall(SYS_getppid);
    ::pause();
  });
  auto tracer = SyscallTracer::open({.process = child.pid()});
  BYTEPATH_SKIP_IF_REFUSED(tracer);
  child.let_go();
  while (total_of(tracer->totals(), "getppid").calls < 100) ::usleep(1000);
  tracer->reset();
  EXPECT_TRUE(tracer->totals().empty());
  const auto losses = tracer->losses();
  EXPECT_EQ(losses.calls + losses.processes, 0U);
}

TEST(LiveSyscallTracer, LeavesNoProgramBehindWhenItIsKilled) {
  const std::vector<std::string> names = {"enter_call", "leave_call", "leave_copy"};
  const auto before = test::loaded_programs(names);
  test::Shared<std::atomic<int>> outcome;
  const test::StandingChild target([] {});
  test::StandingChild tracing([&] {
    const auto tracer = SyscallTracer::open({.process = target.pid()});
    const auto census = CopyCensusTracer::open({.tree = {.process = target.pid()}});
    outcome->store(tracer && census ? 1 : 2);
    ::pause();
  });
  tracing.let_go();
  while (outcome->load() == 0) ::usleep(1000);
  if (outcome->load() == 2) {
    const auto refused = SyscallTracer::open({.process = target.pid()});
    BYTEPATH_SKIP_IF_REFUSED(refused);
  }
  std::set<std::uint32_t> ours;
  std::ranges::set_difference(test::loaded_programs(names), before,
                              std::inserter(ours, ours.begin()));
  EXPECT_EQ(ours.size(), names.size());
  ::kill(tracing.pid(), SIGKILL);
  while (!tracing.ended()) ::usleep(1000);
  EXPECT_TRUE(test::unloaded_soon(names, before));
}

TEST(LiveSyscallTracer, SaysToOthersThanRootWhatTheyLack) {
  EXPECT_TRUE(test::holds_without_root([] {
    const auto tracer = SyscallTracer::open({.process = ::getpid()});
    const auto census = CopyCensusTracer::open({.everything = true});
    return !tracer && tracer.error().kind == ErrorKind::denied && !tracer.error().hint.empty() &&
           !census && census.error().kind == ErrorKind::denied;
  }));
}

TEST(LiveSyscallTracer, LooksAtNobodyElse) {
  const test::StandingChild child([] {});
  auto tracer = SyscallTracer::open({.process = child.pid()});
  BYTEPATH_SKIP_IF_REFUSED(tracer);
  for (int i = 0; i < 100; ++i) ::syscall(SYS_getppid);
  EXPECT_TRUE(tracer->totals().empty());
}

}  // namespace
}  // namespace bytepath::trace
