#include <gmock/gmock.h>

#include "host/cgroup_limits.h"
#include "host/damon.h"
#include "unit/host/temporary_root.h"

namespace bytepath::host {
namespace {

TEST(CgroupPath, FindsTheHierarchy) {
  constexpr auto text = "9:name=systemd:/init\n5:cpu,cpuacct:/a\n4:memory:/b:c/d\n0::/e\n";
  EXPECT_EQ(cgroup_path(text, "cpu"), "/a");
  EXPECT_EQ(cgroup_path(text, "memory"), "/b:c/d");
  EXPECT_EQ(cgroup_path(text, ""), "/e");
  EXPECT_FALSE(cgroup_path(text, "cpuset"));
  EXPECT_FALSE(cgroup_path("0:nothing\nx", ""));
}

TEST(CpuQuota, IsAShareOfThePeriod) {
  EXPECT_EQ(parse_cpu_quota("150000 100000"), 1.5);
  EXPECT_FALSE(parse_cpu_quota("max 100000"));
  EXPECT_FALSE(parse_cpu_quota("-1 100000"));
  EXPECT_FALSE(parse_cpu_quota("100000 0"));
  EXPECT_FALSE(parse_cpu_quota("100000"));
}

TEST(CgroupLimits, TheTightestGroupAboveCounts) {
  TemporaryRoot files;
  files.write("/proc/self/cgroup", "0::/outer/inner\n");
  files.write("/sys/fs/cgroup/outer/inner/memory.max", "max\n");
  files.write("/sys/fs/cgroup/outer/inner/memory.high", "8000\n");
  files.write("/sys/fs/cgroup/outer/memory.max", "4000\n");
  files.write("/sys/fs/cgroup/outer/cpu.max", "50000 100000\n");
  files.write("/sys/fs/cgroup/outer/inner/cpu.max", "200000 100000\n");
  const auto limits = read_cgroup_limits(files.root());
  EXPECT_EQ(limits.memory_bytes, 4000U);
  EXPECT_EQ(limits.memory_file, "/sys/fs/cgroup/outer/memory.max");
  EXPECT_EQ(limits.cpus, 0.5);
  EXPECT_EQ(limits.cpu_file, "/sys/fs/cgroup/outer/cpu.max");
}

TEST(CgroupLimits, ReadsVersionOne) {
  TemporaryRoot files;
  files.write("/proc/self/cgroup", "5:cpu,cpuacct:/job\n4:memory:/job\n");
  files.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_FALSE(read_cgroup_limits(files.root()).memory_bytes);
  files.write("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1048576\n");
  files.write("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
  files.write("/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(read_cgroup_limits(files.root()).memory_bytes, 1048576U);
  EXPECT_FALSE(read_cgroup_limits(files.root()).cpus);
  files.write("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "250000\n");
  EXPECT_EQ(read_cgroup_limits(files.root()).cpus, 2.5);
}

TEST(CgroupLimits, AHostPathThatIsNotHereFallsBackToTheMount) {
  TemporaryRoot files;
  files.write("/proc/self/cgroup", "0::/system.slice/docker-1.scope\n");
  files.write("/sys/fs/cgroup/memory.max", "77\n");
  EXPECT_EQ(read_cgroup_limits(files.root()).memory_bytes, 77U);
}

constexpr auto daemons = "/sys/kernel/mm/damon/admin/kdamonds/";

void write_daemon(TemporaryRoot& files, const std::string& state, const std::string& action) {
  const std::string folder = daemons;
  files.write(folder + "nr_kdamonds", "1\n");
  files.write(folder + "0/state", state);
  files.write(folder + "0/contexts/nr_contexts", "1\n");
  files.write(folder + "0/contexts/0/operations", "vaddr\n");
  files.write(folder + "0/contexts/0/schemes/nr_schemes", "1\n");
  files.write(folder + "0/contexts/0/schemes/0/action", action);
}

TEST(Damon, FindsRunningSchemes) {
  TemporaryRoot files;
  write_daemon(files, "on\n", "pageout\n");
  const auto schemes = find_damon_schemes(files.root());
  ASSERT_EQ(schemes.size(), 1U);
  EXPECT_EQ(schemes[0].operations, "vaddr");
  EXPECT_EQ(schemes[0].action, "pageout");
  EXPECT_TRUE(schemes[0].evicts());
  EXPECT_FALSE(damon_is_hidden(files.root()));
}

TEST(Damon, ADaemonThatIsOffDoesNothing) {
  TemporaryRoot files;
  write_daemon(files, "off\n", "pageout\n");
  EXPECT_TRUE(find_damon_schemes(files.root()).empty());
}

TEST(Damon, WatchingIsNotEvicting) {
  TemporaryRoot files;
  write_daemon(files, "on\n", "stat\n");
  ASSERT_EQ(find_damon_schemes(files.root()).size(), 1U);
  EXPECT_FALSE(find_damon_schemes(files.root())[0].evicts());
}

TEST(Damon, TheReclaimModuleHasItsOwnSwitch) {
  TemporaryRoot files;
  files.write("/sys/module/damon_reclaim/parameters/enabled", "Y\n");
  ASSERT_EQ(find_damon_schemes(files.root()).size(), 1U);
  EXPECT_TRUE(find_damon_schemes(files.root())[0].evicts());
  EXPECT_FALSE(damon_is_hidden(files.root()));
}

TEST(Damon, AnEnormousCountIsBounded) {
  TemporaryRoot files;
  write_daemon(files, "on\n", "pageout\n");
  files.write(std::string(daemons) + "0/contexts/0/schemes/nr_schemes", "99999999999\n");
  EXPECT_LE(find_damon_schemes(files.root()).size(), 64U);
}

}  // namespace
}  // namespace bytepath::host
