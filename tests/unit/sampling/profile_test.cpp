#include "sampling/profile.h"

#include <gtest/gtest.h>

#include <numeric>

namespace bytepath::sampling {
namespace {

// Two processes that have mapped the same file at different places.
trace::MappingTable two_processes() {
  trace::MappingTable table;
  for (const std::uint32_t process : {1U, 2U}) {
    const std::uint64_t start = process * 0x100000;
    table.apply({.kind = trace::MappingChange::Kind::mapped,
                 .process = process,
                 .mapping = {.start = start,
                             .end = start + 0x10000,
                             .file_offset = 0x1000,
                             .file = {.device = 3, .inode = 9},
                             .path = "/lib/libc.so.6"}});
  }
  return table;
}

Sample sample_at(std::uint32_t process, std::uint64_t address) {
  return {.address = address,
          .process = process,
          .registers = StringRegisters{.count = 1, .source = 0x1000, .destination = 0x2008}};
}

TEST(Profile, CountsAFilesPlaceOnceWhereverItIsMapped) {
  const auto table = two_processes();
  Profile profile;
  profile.add(sample_at(1, 0x100123), table, 0.5);
  profile.add(sample_at(2, 0x200123), table, 0.25);
  profile.add(sample_at(2, 0x200124), table, 0.25);
  EXPECT_EQ(profile.addresses().size(), 2U);
  EXPECT_EQ(profile.samples(), 3U);
  EXPECT_DOUBLE_EQ(profile.seconds(), 1.0);
  const auto& both = profile.stacks().at({0});
  EXPECT_EQ(both.samples, 2U);
  EXPECT_DOUBLE_EQ(both.seconds, 0.75);
  EXPECT_EQ(both.distances.at(8), 2U) << "0x2008 - 0x1000 mod 4096";
}

TEST(Profile, KeepsMemoryWithoutAFileApartByProcess) {
  const trace::MappingTable nothing;
  Profile profile;
  profile.add(sample_at(1, 0x7000), nothing, 1);
  profile.add(sample_at(2, 0x7000), nothing, 1);
  EXPECT_EQ(profile.addresses().size(), 2U);
}

TEST(Profile, TakesTheDistanceModuloThePageAlsoBackwards) {
  const trace::MappingTable nothing;
  Profile profile;
  Sample sample = sample_at(1, 0x7000);
  sample.registers = StringRegisters{.count = 1, .source = 0x3001, .destination = 0x3000};
  profile.add(sample, nothing, 1);
  EXPECT_EQ(profile.stacks().begin()->second.distances.at(4095), 1U);
}

TEST(Profile, MergesToWhatItWouldBeAtOnce) {
  const auto table = two_processes();
  Profile whole;
  Profile first;
  Profile second;
  for (std::uint32_t i = 0; i < 40; ++i) {
    Sample sample = sample_at(1 + i % 2, (1 + i % 2) * 0x100000 + i % 7);
    sample.kernel = i % 5 == 0;
    sample.kernel_callers = sample.kernel ? std::vector<std::uint64_t>{0xffffffff81000000 + i % 3}
                                          : std::vector<std::uint64_t>{};
    whole.add(sample, table, 0.001);
    (i < 17 ? first : second).add(sample, table, 0.001);
  }
  first.merge(second);
  EXPECT_EQ(first.samples(), whole.samples());
  EXPECT_EQ(first.addresses().size(), whole.addresses().size());
  EXPECT_EQ(first.stacks().size(), whole.stacks().size());
  const auto sum = [](const Profile& profile) {
    std::uint64_t samples = 0;
    for (const auto& [stack, count] : profile.stacks()) samples += count.samples * stack.size();
    return samples;
  };
  EXPECT_EQ(sum(first), sum(whole));
}

}  // namespace
}  // namespace bytepath::sampling
