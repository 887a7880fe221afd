#include "syscalls/difference.h"

#include <gtest/gtest.h>

#include <vector>

namespace bytepath::syscalls {
namespace {

TEST(SyscallDifferences, AreOfARunAndTheGreatestComesFirst) {
  const std::vector<trace::SyscallTotal> a = {
      {.number = 0, .name = "read", .calls = 200, .total_ns = 2'000'000'000},
      {.number = 3, .name = "close", .calls = 20, .total_ns = 20'000}};
  const std::vector<trace::SyscallTotal> b = {
      {.number = 0, .name = "read", .calls = 50, .total_ns = 1'000'000'000},
      {.number = 74, .name = "fsync", .calls = 5, .total_ns = 5'000'000'000}};
  const auto all = compare_syscalls({.totals = a, .runs = 10}, {.totals = b, .runs = 5});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "fsync");
  EXPECT_EQ(all[0].calls_a, 0);
  EXPECT_EQ(all[0].calls_b, 1);
  EXPECT_DOUBLE_EQ(all[0].seconds_b, 1);
  EXPECT_EQ(all[1].name, "close");
  EXPECT_DOUBLE_EQ(all[1].seconds_a, 2e-6);
  EXPECT_EQ(all[2].name, "read") << "as much time a run on both sides";
  EXPECT_EQ(all[2].calls_a, 20);
  EXPECT_EQ(all[2].calls_b, 10);
}

TEST(SyscallDifferences, OfNoRunAreNone) {
  const std::vector<trace::SyscallTotal> a = {
      {.number = 0, .name = "read", .calls = 2, .total_ns = 2}};
  const auto all = compare_syscalls({.totals = a, .runs = 0}, {.totals = {}, .runs = 0});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].calls_a, 0);
  EXPECT_TRUE(compare_syscalls({}, {}).empty());
}

}  // namespace
}  // namespace bytepath::syscalls
