#include "trace/copy_census.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace bytepath::trace {
namespace {

CopyRecord record(std::uint32_t process, std::uint16_t offset, std::uint16_t way,
                  std::uint64_t bytes) {
  return {.key = {.process = process, .offset = offset, .way = way},
          .counts = {.calls = 1, .bytes = bytes}};
}

bytepath_copy_process named(std::uint32_t number, const char* name) {
  bytepath_copy_process process{.number = number, .name = {}};
  std::strncpy(process.name, name, sizeof process.name);
  return process;
}

TEST(CopyCensus, SortsByProcessWayAndBytes) {
  const std::vector<CopyRecord> records = {
      record(7, 0, bytepath_copy_read, 100), record(7, 8, bytepath_copy_read, 900),
      record(7, 4095, bytepath_copy_write, 50), record(9, 0, bytepath_copy_read, 2000)};
  const CopyCensus census{.processes =
                              copies_by_process(records, {{7, named(107, "sixteen letters!")}})};
  ASSERT_EQ(census.processes.size(), 3U);
  EXPECT_EQ(census.processes[0].all.bytes, 2000U);
  EXPECT_EQ(census.processes[0].name, "") << "the name found no room";
  const auto& reader = census.processes[1];
  EXPECT_EQ(reader.process, 107);
  EXPECT_EQ(reader.name, "sixteen letters!") << "no zero byte ends it";
  EXPECT_EQ(reader.way, CopyWay::read);
  EXPECT_EQ(reader.all.calls, 2U);
  EXPECT_EQ(reader.offsets.front().offset, 8U);
  EXPECT_EQ(reader.bytes_between(1, 15), 900U);
  EXPECT_EQ(census.processes[2].way, CopyWay::write);
  EXPECT_EQ(census.bytes(), 3050U);
  EXPECT_EQ(census.bytes_between(0, 0), 2100U);
  EXPECT_EQ(census.bytes_between(4095, 4095), 50U);
}

TEST(CopyCensus, LeavesOutWhatNoProgramOfOursWrites) {
  const std::vector<CopyRecord> records = {record(7, 4096, bytepath_copy_read, 1),
                                           record(7, 0, bytepath_copy_ways, 1)};
  EXPECT_TRUE(copies_by_process(records, {}).empty());
}

}  // namespace
}  // namespace bytepath::trace
