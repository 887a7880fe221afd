#include <gtest/gtest.h>

#include <cmath>

#include "chase/arena.h"
#include "chase/cache_claims.h"
#include "chase/core_pairs.h"
#include "chase/memory_room.h"
#include "chase/retention.h"
#include "chase/tlb_reach.h"
#include "support/temporary_folder.h"

namespace bytepath::chase {
namespace {

std::vector<TlbPoint> curve_with(double knee, double step, double second) {
  std::vector<TlbPoint> curve;
  for (int i = 0; i <= 60; ++i) {
    const auto pages = static_cast<std::uint64_t>(std::lround(16 * std::exp2(i / 6.0)));
    const double noise = i % 3 == 0 ? 0.3 : -0.2;
    const auto x = static_cast<double>(pages);
    curve.push_back(
        {.pages = pages, .cycles = (x > knee ? step : 0) + (x > second ? 40 : 0) + noise});
  }
  return curve;
}

TEST(TlbKnee, IsWhereTheFirstStepIs) {
  for (const double knee : {48.0, 64.0, 72.0, 96.0, 1500.0}) {
    const auto found = tlb_knee(curve_with(knee, 7, 3072));
    ASSERT_TRUE(found.has_value()) << knee;
    EXPECT_NEAR(*found / knee, 1, 0.12) << knee;
  }
}

TEST(TlbKnee, IsNotASingleSlowPoint) {
  auto curve = curve_with(1e9, 7, 1e9);
  EXPECT_FALSE(tlb_knee(curve).has_value());
  curve[20].cycles = 50;
  EXPECT_FALSE(tlb_knee(curve).has_value());
  EXPECT_FALSE(tlb_knee({}).has_value());
}

TEST(HalfLife, LiesBetweenTheWaits) {
  const std::vector<RetentionPoint> curve = {
      {.wait_ns = 0, .ns = 4}, {.wait_ns = 1e6, .ns = 20}, {.wait_ns = 1e7, .ns = 120}};
  const auto half = half_life(curve, 130);  // 67 ns
  ASSERT_TRUE(half.has_value());
  EXPECT_GT(*half, 1e6);
  EXPECT_LT(*half, 1e7);
  EXPECT_FALSE(half_life({{.wait_ns = 0, .ns = 4}, {.wait_ns = 3e7, .ns = 5}}, 130).has_value());
  EXPECT_FALSE(half_life({}, 130).has_value());
}

TEST(Pairs, AreAllOfAFewCpus) {
  using Pairs = std::vector<std::pair<int, int>>;
  EXPECT_EQ(pairs_of({0, 1}, 1, 16), (Pairs{{0, 1}}));
  EXPECT_EQ(pairs_of({0, 2, 5}, 2, 16), (Pairs{{0, 2}, {0, 5}, {2, 5}}));
  EXPECT_TRUE(pairs_of({3}, 3, 16).empty());
}

TEST(Pairs, OfManyCpusAreTheOwnWithSomeOfAllPlaces) {
  std::vector<int> cpus;
  for (int cpu = 0; cpu < 128; ++cpu) cpus.push_back(cpu);
  const auto pairs = pairs_of(cpus, 7, 16);
  ASSERT_EQ(pairs.size(), 16U);
  for (const auto& [one, other] : pairs) {
    EXPECT_EQ(one, 7);
    EXPECT_NE(other, 7);
  }
  EXPECT_LT(pairs.front().second, 8);
  EXPECT_GT(pairs.back().second, 110);
}

TEST(HugeBytes, AreThoseOfTheMappingsThatOverlap) {
  constexpr std::string_view smaps =
      "7f0000000000-7f0000400000 rw-p 00000000 00:00 0 \n"
      "Size:               4096 kB\n"
      "AnonHugePages:      2048 kB\n"
      "7f0000400000-7f0000800000 rw-p 00000000 00:00 0 \n"
      "AnonHugePages:      4096 kB\n"
      "Private_Hugetlb:    1024 kB\n"
      "not a line\n"
      "AnonHugePages:\n";
  EXPECT_EQ(huge_bytes_of(smaps, 0x7f0000000000, 0x7f0000400000), 2048U * 1024);
  EXPECT_EQ(huge_bytes_of(smaps, 0x7f0000100000, 0x7f0000500000), (2048U + 4096 + 1024) * 1024);
  EXPECT_EQ(huge_bytes_of(smaps, 0x1000, 0x2000), 0U);
  EXPECT_EQ(huge_bytes_of("", 0, UINT64_MAX), 0U);
}

TEST(PageKinds, HaveTheirNames) {
  for (const auto kind : {PageKind::small, PageKind::transparent_huge, PageKind::huge})
    EXPECT_EQ(page_kind(name(kind)).value(), kind);
  EXPECT_EQ(page_kind("2m").error().kind, ErrorKind::usage);
}

TEST(Claims, AreOfDataAndByLevel) {
  host::CpuIdentity cpuid;
  cpuid.caches = {{.level = 1, .type = host::CacheType::data, .size_bytes = 32768},
                  {.level = 1, .type = host::CacheType::instruction, .size_bytes = 65536},
                  {.level = 2, .type = host::CacheType::unified, .size_bytes = 1 << 20}};
  cpuid.tlbs = {
      {.level = 1, .kind = host::TlbKind::instruction, .pages = host::page_4k, .entries = 64},
      {.level = 1,
       .kind = host::TlbKind::data,
       .pages = host::page_4k | host::page_2m,
       .entries = 72},
      {.level = 2, .kind = host::TlbKind::data, .pages = host::page_4k, .entries = 3072}};
  const auto claims =
      claims_of(cpuid, {{.level = 3, .type = host::CacheType::unified, .size_bytes = 32U << 20U}});
  ASSERT_EQ(claims.caches.size(), 3U);
  EXPECT_EQ(claims.caches[0].cpuid, 32768U);
  EXPECT_FALSE(claims.caches[0].sysfs.has_value());
  EXPECT_EQ(claims.caches[2].sysfs, 32U << 20U);
  EXPECT_EQ(claims.small_page_entries, 72U);
  EXPECT_EQ(claims.huge_page_entries, 72U);
  EXPECT_EQ(claims.caches[2].of_one, 32U << 20U) << "sysfs speaks of one";
  EXPECT_FALSE(claims.caches[1].of_one.has_value()) << "CPUID did not say who shares it";
  EXPECT_TRUE(claims_of({}, {}).caches.empty());
}

TEST(MemoryRoom, IsWhatIsAvailable) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.at("proc"));
  folder.write("proc/meminfo", "MemTotal: 100 kB\nMemAvailable:   2048 kB\n");
  EXPECT_EQ(memory_room({.prefix = folder.path()}), 2048U * 1024);
  folder.write("proc/meminfo", "MemTotal: 100 kB\n");
  EXPECT_FALSE(memory_room({.prefix = folder.path()}).has_value());
}

}  // namespace
}  // namespace bytepath::chase
