#include "trace/syscall_totals.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <memory>
#include <span>
#include <vector>

namespace bytepath::trace {
namespace {

// The parts of two CPUs, filled as the BPF program does it.
class Parts {
 public:
  void count(std::size_t cpu, std::uint32_t number, std::uint64_t ns, std::int64_t result) {
    auto& part = cpus_.at(cpu);
    auto& counts = part.calls[number];
    ++counts.returned;
    counts.total_ns += ns;
    counts.most_ns = std::max<std::uint64_t>(counts.most_ns, ns);
    if (result < 0) ++counts.errors;
    if (result > 0) counts.results += static_cast<std::uint64_t>(result);
    const auto bucket = histogram_bucket(ns);
    auto& row = counts.rows[bucket / BYTEPATH_OCTAVE_BUCKETS];
    if (row == 0) row = static_cast<std::uint16_t>(++part.rows_used);
    ++part.times[row][bucket % BYTEPATH_OCTAVE_BUCKETS];
  }
  bytepath_cpu_syscalls& part(std::size_t cpu) { return cpus_.at(cpu); }
  std::span<const bytepath_cpu_syscalls> all() const { return cpus_; }

 private:
  std::vector<bytepath_cpu_syscalls> cpus_{2};
};

TEST(SyscallTotals, OfNothingAreNone) {
  const Parts parts;
  EXPECT_TRUE(add_up_syscalls(parts.all()).empty());
}

TEST(SyscallTotals, AddUpAllCpus) {
  Parts parts;
  parts.count(0, SYS_read, 100, 4096);
  parts.count(1, SYS_read, 900'000, -9);
  parts.count(1, SYS_read, 100, 1);
  parts.count(1, SYS_mmap, 5000, 0x7f0000000000);
  const auto totals = add_up_syscalls(parts.all());
  ASSERT_EQ(totals.size(), 2U);
  const auto& read = totals[0];
  EXPECT_EQ(read.name, "read");
  EXPECT_EQ(read.calls, 3U);
  EXPECT_EQ(read.errors, 1U);
  EXPECT_EQ(read.total_ns, 900'200U);
  EXPECT_EQ(read.max_ns, 900'000U);
  EXPECT_EQ(read.bytes, 4097U);
  EXPECT_EQ(read.latency.count(), 3U);
  EXPECT_EQ(read.latency.sum(), 900'200U);
  EXPECT_EQ(read.latency.max(), 900'000U);
  EXPECT_NEAR(read.latency.quantile(0.5), 100, 1);
  EXPECT_EQ(totals[1].name, "mmap");
  EXPECT_EQ(totals[1].bytes, 0U) << "an address is no number of bytes";
}

TEST(SyscallTotals, CountCallsThatNeverCameBack) {
  Parts parts;
  ++parts.part(1).calls[SYS_exit_group].unreturned;
  const auto totals = add_up_syscalls(parts.all());
  ASSERT_EQ(totals.size(), 1U);
  EXPECT_EQ(totals[0].calls, 1U);
  EXPECT_EQ(totals[0].unreturned, 1U);
  EXPECT_EQ(totals[0].latency.count(), 0U);
}

TEST(SyscallTotals, DoNotFollowRowsBeyondTheTable) {
  Parts parts;
  parts.count(0, SYS_read, 100, 1);
  for (auto& row : parts.part(0).calls[SYS_read].rows) row = 0xFFFF;
  const auto totals = add_up_syscalls(parts.all());
  ASSERT_EQ(totals.size(), 1U);
  EXPECT_EQ(totals[0].latency.count(), 0U);
}

TEST(SyscallTotals, AddUpRuns) {
  Parts first;
  first.count(0, SYS_write, 100, 10);
  Parts second;
  second.count(0, SYS_read, 50, 7);
  second.count(1, SYS_write, 300, -1);
  auto totals = add_up_syscalls(first.all());
  add_totals(totals, add_up_syscalls(second.all()));
  ASSERT_EQ(totals.size(), 2U);
  EXPECT_EQ(totals[0].name, "read");
  EXPECT_EQ(totals[1].name, "write");
  EXPECT_EQ(totals[1].calls, 2U);
  EXPECT_EQ(totals[1].errors, 1U);
  EXPECT_EQ(totals[1].total_ns, 400U);
  EXPECT_EQ(totals[1].max_ns, 300U);
  EXPECT_EQ(totals[1].bytes, 10U);
  EXPECT_EQ(totals[1].latency.count(), 2U);
}

TEST(SyscallTotals, AddUpLosses) {
  Parts parts;
  parts.part(0).lost_calls = 1;
  parts.part(1).lost_calls = 2;
  parts.part(0).lost_times = 3;
  parts.part(1).compat_calls = 4;
  parts.part(1).unpaired_calls = 5;
  auto losses = add_up_losses(parts.all());
  add_losses(losses, {.calls = 10, .processes = 1});
  EXPECT_EQ(losses.calls, 13U);
  EXPECT_EQ(losses.times, 3U);
  EXPECT_EQ(losses.compat, 4U);
  EXPECT_EQ(losses.unpaired, 5U);
  EXPECT_EQ(losses.processes, 1U);
}

}  // namespace
}  // namespace bytepath::trace
