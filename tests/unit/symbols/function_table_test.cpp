#include "symbols/function_table.h"

#include <gtest/gtest.h>

namespace bytepath::symbols {
namespace {

code::Symbol function(std::string name, std::uint64_t address, std::uint64_t size) {
  return {.name = std::move(name), .address = address, .size = size, .function = true};
}

const std::vector<AddressRange> text = {{.start = 0x1000, .end = 0x2000}};

std::string name_at(const FunctionTable& table, std::uint64_t address) {
  const Function* found = table.find(address);
  return found == nullptr ? "" : found->name;
}

TEST(FunctionTable, ASizedSymbolCoversItsSizeAndNoMore) {
  const FunctionTable table({function("one", 0x1000, 0x40), function("two", 0x1080, 0x10)}, text,
                            {});
  EXPECT_EQ(name_at(table, 0x1000), "one");
  EXPECT_EQ(name_at(table, 0x103f), "one");
  EXPECT_EQ(name_at(table, 0x1040), "");
  EXPECT_EQ(name_at(table, 0x107f), "");
  EXPECT_EQ(name_at(table, 0x1080), "two");
  EXPECT_EQ(name_at(table, 0x1090), "");
  EXPECT_EQ(name_at(table, 0xfff), "");
}

TEST(FunctionTable, OneWithoutSizeReachesToTheNext) {
  const FunctionTable table({function("label", 0x1100, 0), function("next", 0x1200, 0)}, text, {});
  EXPECT_EQ(name_at(table, 0x11ff), "label");
  EXPECT_EQ(name_at(table, 0x1fff), "next");
  EXPECT_EQ(name_at(table, 0x2000), "");
}

TEST(FunctionTable, OneWithoutSizeEndsWhereTheUnwindTablesSaySo) {
  const std::vector<AddressRange> frames = {{.start = 0x1100, .end = 0x1120},
                                            {.start = 0x1180, .end = 0x1190},
                                            {.start = 0x1280, .end = 0x1290}};
  const FunctionTable table({function("label", 0x1100, 0), function("other", 0x1200, 0)}, text,
                            frames);
  EXPECT_EQ(name_at(table, 0x111f), "label");
  EXPECT_EQ(name_at(table, 0x1120), "");
  EXPECT_EQ(name_at(table, 0x127f), "other");
  EXPECT_EQ(name_at(table, 0x1280), "");
}

TEST(FunctionTable, ALabelInsideAFunctionIsNoFunction) {
  const FunctionTable table({function("whole", 0x1000, 0x100), function("loop", 0x1020, 0)}, text,
                            {});
  EXPECT_EQ(name_at(table, 0x1030), "whole");
}

TEST(FunctionTable, TheInnermostOfOverlappingFunctionsCounts) {
  const FunctionTable table({function("outer", 0x1000, 0x100), function("inner", 0x1020, 0x10)},
                            text, {});
  EXPECT_EQ(name_at(table, 0x1028), "inner");
  EXPECT_EQ(name_at(table, 0x1030), "outer");
  EXPECT_EQ(name_at(table, 0x1100), "");
}

TEST(FunctionTable, PrefersTheNameThatCallersUse) {
  const FunctionTable table(
      {function("__GI___write", 0x1000, 0x10), function("__write", 0x1000, 0x10),
       function("write@@GLIBC_2.2.5", 0x1000, 0x10), function("label", 0x1000, 0),
       function("__memcpy_avx_unaligned", 0x1040, 0x10),
       function("__memmove_avx_unaligned", 0x1040, 0x10)},
      text, {});
  EXPECT_EQ(name_at(table, 0x1008), "write");
  EXPECT_EQ(name_at(table, 0x1048), "__memmove_avx_unaligned");
}

TEST(FunctionTable, SaysThatTheCodeOfAnIndirectFunctionIsItsResolver) {
  code::Symbol memcpy_symbol = function("memcpy", 0x1000, 0x10);
  memcpy_symbol.indirect = true;
  EXPECT_EQ(name_at(FunctionTable({memcpy_symbol}, text, {}), 0x1001), "memcpy (resolver)");
  EXPECT_EQ(
      name_at(FunctionTable({memcpy_symbol, function("choose", 0x1000, 0x10)}, text, {}), 0x1001),
      "choose");
}

TEST(FunctionTable, LeavesOutDataAndWhatLiesOutsideOfTheCode) {
  const FunctionTable table({{.name = "data", .address = 0x1000, .size = 8},
                             function("absolute", 0x10, 0x10),
                             function("", 0x1100, 0x10),
                             function("huge", 0x1f00, ~std::uint64_t{0})},
                            text, {});
  EXPECT_EQ(name_at(table, 0x1000), "");
  EXPECT_EQ(name_at(table, 0x10), "");
  EXPECT_EQ(name_at(table, 0x1100), "");
  EXPECT_EQ(name_at(table, 0x1fff), "huge");
  EXPECT_EQ(name_at(table, 0x2000), "");
}

TEST(RangeAt, IsNullBetweenAndAroundTheRanges) {
  const std::vector<AddressRange> ranges = {{.start = 1, .end = 3}, {.start = 5, .end = 6}};
  EXPECT_EQ(range_at(ranges, 0), nullptr);
  EXPECT_EQ(range_at(ranges, 2), ranges.data());
  EXPECT_EQ(range_at(ranges, 3), nullptr);
  EXPECT_EQ(range_at(ranges, 5), &ranges[1]);
  EXPECT_EQ(range_at(ranges, 6), nullptr);
  EXPECT_EQ(range_at({}, 6), nullptr);
}

}  // namespace
}  // namespace bytepath::symbols
