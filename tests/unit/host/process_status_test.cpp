#include "host/process_status.h"

#include <gtest/gtest.h>

namespace bytepath::host {
namespace {

TEST(ProcessStatus, ReadsWhatDecides) {
  const auto status = parse_process_status(
      "Name:\tcat\nUid:\t1000\t0\t1000\t1000\nCapEff:\t000000c000000000\nNoNewPrivs:\t1\n"
      "Seccomp:\t2\nSeccomp_filters:\t1\nCpus_allowed_list:\t0-3,8\n");
  EXPECT_EQ(status.effective_capabilities, 0xc000000000U);
  EXPECT_EQ(status.effective_user, 0U);
  EXPECT_EQ(status.seccomp, 2U);
  EXPECT_TRUE(status.no_new_privileges);
  EXPECT_EQ(status.allowed_cpus, "0-3,8");
  EXPECT_TRUE(status.has(LinuxCapability::bpf));
  EXPECT_TRUE(status.has(LinuxCapability::perfmon));
  EXPECT_FALSE(status.has(LinuxCapability::sys_admin));
}

TEST(ProcessStatus, SystemAdministrationImpliesOnlyBpfAndPerfmon) {
  const ProcessStatus status{.effective_capabilities = 1U << 21U};
  EXPECT_TRUE(status.has(LinuxCapability::bpf));
  EXPECT_TRUE(status.has(LinuxCapability::perfmon));
  EXPECT_FALSE(status.has(LinuxCapability::syslog));
  EXPECT_FALSE(status.has(LinuxCapability::sys_ptrace));
}

TEST(ProcessStatus, MalformedLinesLeaveFieldsEmpty) {
  const auto status = parse_process_status("CapEff:\nSeccomp:\tmany\nUid:\t1\nCapEff zero\n");
  EXPECT_FALSE(status.effective_capabilities);
  EXPECT_FALSE(status.seccomp);
  EXPECT_FALSE(status.effective_user);
  EXPECT_FALSE(status.has(LinuxCapability::bpf));
}

TEST(CountCpus, AddsRanges) {
  EXPECT_EQ(count_cpus("0"), 1U);
  EXPECT_EQ(count_cpus("0-3,8,10-11\n"), 7U);
}

TEST(CountCpus, RefusesWhatIsNoList) {
  for (const auto* text : {"", "-", "3-1", "0-", "a", "0,,1", "0-99999999999", "0-4294967295"}) {
    EXPECT_FALSE(count_cpus(text)) << text;
  }
}

}  // namespace
}  // namespace bytepath::host
