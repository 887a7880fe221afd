#include "symbols/perf_map.h"

#include <gtest/gtest.h>

namespace bytepath::symbols {
namespace {

std::string name_at(const PerfMap& map, std::uint64_t address) {
  const auto found = map.find(address);
  return found ? std::string(found->name) : "";
}

TEST(PerfMap, FindsTheFunctionAroundAnAddress) {
  const PerfMap map =
      PerfMap::parse("7f0000001000 40 LazyCompile:*add /app/a b.js:1:2\n0x7f0000002000 0x10 stub");
  EXPECT_EQ(name_at(map, 0x7f0000001000), "LazyCompile:*add /app/a b.js:1:2");
  EXPECT_EQ(name_at(map, 0x7f000000103f), "LazyCompile:*add /app/a b.js:1:2");
  EXPECT_EQ(name_at(map, 0x7f0000001040), "");
  EXPECT_EQ(name_at(map, 0xfff), "");
  EXPECT_EQ(name_at(map, 0x7f0000002001), "stub");
  EXPECT_EQ(map.find(0x7f0000002001)->start, 0x7f0000002000U);
}

TEST(PerfMap, ALaterLineReplacesWhatItCovers) {
  const PerfMap map = PerfMap::parse(
      "1000 100 first\n1040 20 inside\n1200 40 second\n1220 100 over its end\n2000 10 gone\n"
      "1ff0 30 over it\n");
  EXPECT_EQ(name_at(map, 0x103f), "first");
  EXPECT_EQ(name_at(map, 0x1040), "inside");
  EXPECT_EQ(name_at(map, 0x1060), "first");
  EXPECT_EQ(map.find(0x1060)->start, 0x1000U);
  EXPECT_EQ(name_at(map, 0x121f), "second");
  EXPECT_EQ(name_at(map, 0x1220), "over its end");
  EXPECT_EQ(name_at(map, 0x2005), "over it");
}

TEST(PerfMap, TheSameRangeOnceMoreIsRenamed) {
  const PerfMap map = PerfMap::parse("1000 100 old\n1000 100 new\n");
  EXPECT_EQ(name_at(map, 0x1000), "new");
  EXPECT_EQ(name_at(map, 0x10ff), "new");
  EXPECT_EQ(map.size(), 1U);
}

TEST(PerfMap, LeavesOutLinesWithoutTheForm) {
  const PerfMap map = PerfMap::parse(
      "\n1000\n1000 10\n1000 10 \n1000 0 empty\nxyz 10 a\n1000 xyz a\nffffffffffffffff 10 over\n"
      " 1000 10 indented\n10000000000000000 1 long\n-10 5 negative\n");
  EXPECT_EQ(map.size(), 0U);
  EXPECT_EQ(PerfMap::parse("").size(), 0U);
}

}  // namespace
}  // namespace bytepath::symbols
