#include "host/cpuid_live.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <set>

#include "base/file.h"
#include "host/cpuid_enumerate.h"
#include "host/cpuinfo.h"
#include "unit/host/saved_dumps.h"

namespace bytepath::host {
namespace {

// A processor that answers from a dump, with zeroes where the dump is silent.
CpuidReader replay(const Leaves& leaves) {
  return [&leaves](std::uint32_t leaf, std::uint32_t subleaf) {
    const auto at = leaves.find({leaf, subleaf});
    return std::optional(at == leaves.end() ? Registers{} : at->second);
  };
}

class Enumerate : public testing::TestWithParam<std::string> {};

TEST_P(Enumerate, loses_nothing_that_decides_the_facts) {
  const auto dump = saved_dump(GetParam());
  ASSERT_TRUE(dump) << dump.error().message;
  for (const LogicalCpu& cpu : dump->cpus) {
    const auto leaves = enumerate_leaves(replay(cpu.leaves));
    ASSERT_TRUE(leaves);
    EXPECT_EQ(decode(LogicalCpu{.number = 0, .leaves = *leaves}), decode(cpu));
  }
}

INSTANTIATE_TEST_SUITE_P(Saved, Enumerate, testing::ValuesIn(saved_dump_names()), test_name);

TEST(EnumerateLeaves, is_bounded_when_every_answer_is_ones) {
  std::size_t queries = 0;
  const auto leaves = enumerate_leaves([&](std::uint32_t, std::uint32_t) {
    ++queries;
    return std::optional(Registers{.eax = ~0U, .ebx = ~0U, .ecx = ~0U, .edx = ~0U});
  });
  ASSERT_TRUE(leaves);
  EXPECT_LE(leaves->size(), max_leaves_per_cpu);
  EXPECT_LT(queries, 2 * max_leaves_per_cpu);
}

TEST(EnumerateLeaves, ends_at_a_reader_that_fails) {
  EXPECT_FALSE(enumerate_leaves([](auto, auto) { return std::optional<Registers>(); }));
  std::size_t queries = 0;
  const auto leaves = enumerate_leaves([&](std::uint32_t, std::uint32_t) {
    return ++queries > 3 ? std::nullopt : std::optional(Registers{.eax = 0x20});
  });
  ASSERT_TRUE(leaves);
  EXPECT_LE(queries, 5U);
}

TEST(CoreKey, tells_the_core_types_of_a_hybrid_apart_and_ignores_apic_ids) {
  const auto dump = saved_dump("intel-06h-bdh-lunarlake-288v");
  ASSERT_TRUE(dump);
  Leaves other = dump->cpus[0].leaves;
  other[{1, 0}].ebx += 0x01000000;
  other[{0xb, 0}].edx += 1;
  EXPECT_EQ(read_core_key(replay(other)), read_core_key(replay(dump->cpus[0].leaves)));
  EXPECT_NE(read_core_key(replay(dump->cpus[1].leaves)),
            read_core_key(replay(dump->cpus[0].leaves)));
}

TEST(CoreKey, tells_dies_with_stacked_cache_apart) {
  const auto dump = saved_dump("amd-19h-61h-zen4-ryzen7700x");
  ASSERT_TRUE(dump);
  Leaves stacked = dump->cpus[0].leaves;
  stacked[{0x8000001d, 3}].ecx = 0x17fff;
  EXPECT_NE(read_core_key(replay(stacked)), read_core_key(replay(dump->cpus[0].leaves)));
}

class LiveCpu : public testing::Test {
 protected:
  void SetUp() override {
    live_ = read_live_cpuid(std::chrono::seconds(5));
    if (!live_) GTEST_SKIP() << live_.error().message;
  }
  Result<LiveCpuid> live_;
};

TEST_F(LiveCpu, accounts_for_every_online_cpu_once) {
  const auto cpus = read_cpuinfo(Root{});
  if (!cpus) GTEST_SKIP() << cpus.error().message;
  std::multiset<std::uint32_t> seen(live_->not_allowed.begin(), live_->not_allowed.end());
  seen.insert(live_->not_read.begin(), live_->not_read.end());
  for (const auto& [first, all] : live_->alike) seen.insert(all.begin(), all.end());
  std::multiset<std::uint32_t> expected;
  for (const CpuInfo& cpu : *cpus) expected.insert(cpu.number);
  EXPECT_EQ(seen, expected);
}

TEST_F(LiveCpu, agrees_with_proc_cpuinfo) {
  const auto cpus = read_cpuinfo(Root{});
  if (!cpus) GTEST_SKIP() << cpus.error().message;
  const std::string command_line = read_line_or("/proc/cmdline", "");
  if (command_line.find("clearcpuid") != std::string::npos) {
    GTEST_SKIP() << "the kernel was told to hide CPUID bits: " << command_line;
  }
  for (const LogicalCpu& cpu : live_->dump.cpus) {
    const auto info = std::ranges::find(*cpus, cpu.number, &CpuInfo::number);
    ASSERT_NE(info, cpus->end());
    const CpuIdentity identity = decode(cpu);
    EXPECT_EQ(identity.vendor, info->vendor);
    EXPECT_EQ(identity.signature.family, info->family);
    EXPECT_EQ(identity.signature.model, info->model);
    EXPECT_EQ(identity.signature.stepping, info->stepping);
    if (identity.hypervisor.present && identity.brand != info->model_name) {
      GTEST_SKIP() << "this guest booted on '" << info->model_name << "' and now runs on '"
                   << identity.brand << "': /proc/cpuinfo is of the time of booting";
    }
    EXPECT_EQ(identity.brand, info->model_name);
    const FlagSet flags = flag_set(info->flags);
    // Bits that no kernel option or quirk but clearcpuid changes. fsrm needs Linux 5.6.
    for (const std::string_view name :
         {"fsrm", "sse2", "ssse3", "sse4_2", "popcnt", "clflush", "cx16", "rdtscp", "lm", "nx"}) {
      EXPECT_EQ(has_feature(identity.features, name), flags.contains(name)) << name;
    }
    EXPECT_TRUE(compare_flags(identity.features, flags).added.empty());
  }
}

TEST_F(LiveCpu, leaves_the_affinity_as_it_was) {
  cpu_set_t before;
  cpu_set_t after;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  ASSERT_TRUE(read_live_cpuid());
  ASSERT_EQ(sched_getaffinity(0, sizeof(after), &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

TEST_F(LiveCpu, asks_the_device_about_cpus_outside_its_affinity) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  if (CPU_COUNT(&before) < 2) GTEST_SKIP() << "may run on one CPU only";
  std::uint32_t first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  const auto narrow = read_live_cpuid(std::chrono::seconds(5));
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
  ASSERT_TRUE(narrow) << narrow.error().message;
  EXPECT_FALSE(narrow->by_device.empty() && narrow->not_allowed.empty());
  for (const auto& [representative, all] : narrow->alike) {
    for (const std::uint32_t cpu : all) {
      EXPECT_TRUE(cpu == first ||
                  std::ranges::find(narrow->by_device, cpu) != narrow->by_device.end())
          << cpu;
    }
  }
  EXPECT_EQ(decode(*narrow).classes.front().identity, decode(*live_).classes.front().identity);
}

TEST_F(LiveCpu, reads_one_cpu_when_there_is_no_time) {
  const auto hasty = read_live_cpuid(std::chrono::nanoseconds(0));
  ASSERT_TRUE(hasty);
  EXPECT_EQ(hasty->dump.cpus.size(), 1U);
}

TEST_F(LiveCpu, matches_the_instruction_on_this_cpu) {
  const Registers vendor = execute_cpuid(0, 0);
  EXPECT_EQ(live_->dump.cpus[0].leaves.at({0, 0}), vendor);
}

TEST_F(LiveCpu, counts_every_cpu_in_its_class) {
  std::size_t counted = 0;
  for (const CoreClass& each : decode(*live_).classes) counted += each.cpus.size();
  std::size_t alike = 0;
  for (const auto& [first, all] : live_->alike) alike += all.size();
  EXPECT_EQ(counted, alike);
}

}  // namespace
}  // namespace bytepath::host
