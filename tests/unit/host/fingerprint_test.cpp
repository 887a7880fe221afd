#include "host/fingerprint.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "host/noise.h"
#include "unit/host/temporary_root.h"

namespace bytepath::host {
namespace {

TEST(Fingerprint, DoesNotDependOnOrder) {
  std::vector<Part> parts = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  const auto hash = fingerprint(parts);
  std::ranges::reverse(parts);
  EXPECT_EQ(fingerprint(parts), hash);
}

TEST(Fingerprint, DependsOnEveryByteAndOnWhereTheNameEnds) {
  const auto hash = [](std::vector<Part> parts) { return fingerprint(parts); };
  EXPECT_NE(hash({{"a", "1"}}), hash({{"a", "2"}}));
  EXPECT_NE(hash({{"a", "1"}}), hash({{"b", "1"}}));
  EXPECT_NE(hash({{"ab", "c"}}), hash({{"a", "bc"}}));
  EXPECT_NE(hash({{"a", "1"}, {"b", "2"}}), hash({{"a", "2"}, {"b", "1"}}));
  EXPECT_NE(hash({{"a", "1"}}), hash({{"a", "1"}, {"b", ""}}));
}

// Saved documents carry these numbers: computed apart from this code, in Python.
TEST(Fingerprint, IsTheSameInEveryVersion) {
  EXPECT_EQ(format_fingerprint(fingerprint({})), "0000000000000000");
  EXPECT_EQ(format_fingerprint(fingerprint(std::vector<Part>{{"vendor_id", "AuthenticAMD"}})),
            "26b5a02592eff8c6");
  EXPECT_EQ(format_fingerprint(
                fingerprint(std::vector<Part>{{"vendor_id", "AuthenticAMD"}, {"model", "33"}})),
            "33bc3da1d1fbe10f");
}

std::uint64_t machine(const Root& root) { return fingerprint(machine_parts(root)); }
std::uint64_t software(const Root& root) {
  return fingerprint(software_parts(root, "glibc 2.36", ""));
}

void write_machine(TemporaryRoot& files) {
  files.write("/proc/cpuinfo",
              "processor\t: 0\nmodel\t\t: 33\ncpu MHz\t\t: 3000.1\nflags\t\t: erms\n");
  files.write("/proc/meminfo", "MemTotal:       16303428 kB\n");
  files.write("/proc/sys/kernel/osrelease", "6.1.0\n");
  files.write("/sys/devices/system/cpu/cpu0/cache/index0/level", "1\n");
  files.write("/sys/devices/system/cpu/cpu0/cache/index0/type", "Data\n");
  files.write("/sys/devices/system/cpu/cpu0/cache/index0/size", "32K\n");
}

TEST(Fingerprint, FrequencyAndAFewMegabytesAreNotTheMachine) {
  TemporaryRoot files;
  write_machine(files);
  const auto before = machine(files.root());
  files.write("/proc/cpuinfo",
              "processor\t: 0\nmodel\t\t: 33\ncpu MHz\t\t: 3999.9\nflags\t\t: erms\n");
  files.write("/proc/meminfo", "MemTotal:       16301000 kB\n");
  EXPECT_EQ(machine(files.root()), before);
}

TEST(Fingerprint, CachesFlagsMemoryAndGovernorAreTheMachine) {
  struct Change {
    const char* path;
    const char* content;
  };
  for (const auto& change :
       {Change{"/proc/cpuinfo", "processor\t: 0\nmodel\t\t: 33\nflags\t\t: erms fsrm\n"},
        Change{"/proc/cpuinfo",
               "processor\t: 0\nmodel\t\t: 33\nflags\t\t: erms\n\nprocessor\t: 1\n"},
        Change{"/proc/meminfo", "MemTotal:       32303428 kB\n"},
        Change{"/sys/devices/system/cpu/cpu0/cache/index0/size", "48K\n"},
        Change{"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n"},
        Change{"/sys/devices/system/cpu/cpufreq/boost", "1\n"}}) {
    TemporaryRoot files;
    write_machine(files);
    const auto hardware = machine(files.root());
    const auto programs = software(files.root());
    files.write(change.path, change.content);
    EXPECT_NE(machine(files.root()), hardware) << change.path;
    EXPECT_EQ(software(files.root()), programs) << change.path;
  }
}

TEST(Fingerprint, KernelParametersAndLibcAreTheSoftware) {
  TemporaryRoot files;
  write_machine(files);
  const auto hardware = machine(files.root());
  const auto before = software(files.root());
  files.write("/proc/cmdline", "quiet\n");
  EXPECT_EQ(software(files.root()), before);
  files.write("/proc/cmdline", "quiet clearcpuid=fsrm\n");
  EXPECT_NE(software(files.root()), before);
  EXPECT_EQ(machine(files.root()), hardware);
  EXPECT_NE(fingerprint(software_parts(files.root(), "glibc 2.36", "")),
            fingerprint(software_parts(files.root(), "glibc 2.41", "")));
  EXPECT_NE(fingerprint(software_parts(files.root(), "glibc 2.36", "")),
            fingerprint(software_parts(files.root(), "glibc 2.36",
                                       "glibc.cpu.x86_rep_movsb_threshold=4096")));
}

TEST(Noise, ReadsCpuTimes) {
  const auto times = parse_cpu_times("cpu  100 20 30 4000 500 6 7 80 9 10\ncpu0 1 2 3\n");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->busy, 163U);
  EXPECT_EQ(times->idle, 4500U);
  EXPECT_EQ(times->steal, 80U);
}

TEST(Noise, RefusesOtherLines) {
  for (const auto* text : {"", "cpu0 1 2 3 4 5 6 7 8", "cpu 1 2 3", "cpu 1 2 3 4 5 6 7 x",
                           "cpu 1 2 3 4 5 6 7 18446744073709551615"}) {
    EXPECT_FALSE(parse_cpu_times(text)) << text;
  }
}

TEST(Noise, StealIsAShareOfTheTimeWanted) {
  const CpuTimes before{.busy = 100, .idle = 100, .steal = 10};
  EXPECT_EQ(steal_share(before, {.busy = 130, .idle = 900, .steal = 20}), 0.25);
  EXPECT_FALSE(steal_share(before, {.busy = 100, .idle = 900, .steal = 10}));
  EXPECT_FALSE(steal_share(before, {.busy = 90, .idle = 900, .steal = 20}));
  EXPECT_FALSE(steal_share(before, {.busy = 130, .idle = 900, .steal = 9}));
}

}  // namespace
}  // namespace bytepath::host
