#include "intercept/process_status.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>

namespace bytepath::intercept {
namespace {

constexpr std::string_view status =
    "Name:\tVmHWM: 7\nTgid:\t4711\nPPid:\t12\nVmPeak:\t  900 kB\nVmHWM:\t    1836 "
    "kB\nSeccomp_filters:\t2";

TEST(ProcessStatus, FindsTheLineOfAKey) {
  EXPECT_EQ(status_value(status, "VmHWM"), 1836U);
  EXPECT_EQ(status_value(status, "Tgid"), 4711U);
  EXPECT_EQ(status_value(status, "Seccomp_filters"), 2U);
  EXPECT_EQ(status_value(status, "Vm"), 0U);
  EXPECT_EQ(status_value(status, "Seccomp_filter"), 0U);
  EXPECT_EQ(status_value("VmHWM:", "VmHWM"), 0U);
  EXPECT_EQ(status_value("VmHWM", "VmHWM"), 0U);
  EXPECT_EQ(status_value("", "VmHWM"), 0U);
}

TEST(ProcessStatus, CountsFaultsBehindAnyName) {
  const FaultCounts counts =
      parse_fault_counts("7 (a) b ( 1 2) S 1 2 3 4 5 6 101 202 303 404 5 6 7 8");
  EXPECT_EQ(counts.minor, 101U);
  EXPECT_EQ(counts.major, 303U);
}

TEST(ProcessStatus, AShortLineHasNoFaults) {
  for (const std::string_view text : {"", "7", "7 (a)", "7 (a) S 1 2", "7 (a) S 1 2 3 4 5 6"}) {
    const FaultCounts counts = parse_fault_counts(text);
    EXPECT_EQ(counts.minor, 0U) << text;
    EXPECT_EQ(counts.major, 0U) << text;
  }
}

TEST(ProcessStatus, OfThisProcess) {
  EXPECT_EQ(read_family(getpid()).process, getpid());
  EXPECT_EQ(read_family(getpid()).parent, getppid());
  EXPECT_GT(read_peak_rss_kib(getpid()), 0U);
  std::array<char, 16> name{};
  prctl(PR_GET_NAME, name.data());
  EXPECT_EQ(read_name(getpid()), name.data());
  EXPECT_GT(read_fault_counts(getpid()).minor, 0U);
}

}  // namespace
}  // namespace bytepath::intercept
