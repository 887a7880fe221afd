#include "trace/mapping_table.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <optional>

#include "base/file.h"

namespace bytepath::trace {
namespace {

constexpr FileId file_a{.device = 0xfd00, .inode = 7};
constexpr FileId file_b{.device = 0xfd00, .inode = 8};
constexpr std::uint32_t process = 100;

MappingChange mapped(std::uint64_t start, std::uint64_t end, std::uint64_t offset, FileId file) {
  return {.process = process,
          .mapping = {.start = start, .end = end, .file_offset = offset, .file = file}};
}

MappingChange unmapped(std::uint64_t start, std::uint64_t end) {
  return {.kind = MappingChange::Kind::unmapped,
          .process = process,
          .mapping = {.start = start, .end = end}};
}

MappingChange moved(std::uint64_t from, std::uint64_t old_length, std::uint64_t to,
                    std::uint64_t length) {
  return {.kind = MappingChange::Kind::moved,
          .process = process,
          .old_start = from,
          .old_length = old_length,
          .mapping = {.start = to, .end = to + length}};
}

MappingChange task(MappingChange::Kind kind, std::uint32_t whose, std::uint32_t parent) {
  return {.kind = kind, .process = whose, .parent = parent};
}

// Of the file at an address, or nothing.
std::optional<std::uint64_t> offset_at(const MappingTable& table, std::uint64_t address,
                                       FileId file = file_a, std::uint32_t whose = process) {
  const Mapping* found = table.find(whose, address);
  if (found == nullptr || found->file != file) return std::nullopt;
  EXPECT_LE(found->start, address);
  EXPECT_LT(address, found->end);
  return found->file_offset + (address - found->start);
}

TEST(MappingTable, FindsOnlyWithinItsBounds) {
  MappingTable table;
  EXPECT_EQ(table.find(process, 0x1000), nullptr);
  table.apply(mapped(0x2000, 0x4000, 0x8000, file_a));
  EXPECT_EQ(table.find(process, 0x1fff), nullptr);
  EXPECT_EQ(offset_at(table, 0x2000), 0x8000U);
  EXPECT_EQ(offset_at(table, 0x3fff), 0x9fffU);
  EXPECT_EQ(table.find(process, 0x4000), nullptr);
  EXPECT_EQ(table.find(process + 1, 0x2000), nullptr);
}

TEST(MappingTable, ANewMappingReplacesWhatItOverlaps) {
  MappingTable table;
  table.apply(mapped(0x2000, 0x4000, 0, file_a));
  table.apply(mapped(0x4000, 0x8000, 0x10000, file_a));
  table.apply(mapped(0x3000, 0x5000, 0, {}));  // anonymous
  EXPECT_EQ(offset_at(table, 0x2fff), 0xfffU);
  EXPECT_EQ(offset_at(table, 0x3000, {}), 0U);
  EXPECT_EQ(offset_at(table, 0x4fff, {}), 0x1fffU);
  EXPECT_EQ(offset_at(table, 0x5000), 0x11000U) << "its offset goes with the cut";
  EXPECT_EQ(table.of_process(process)->size(), 3U);
  table.apply(mapped(0x1000, 0x9000, 0, file_b));
  EXPECT_EQ(table.of_process(process)->size(), 1U);
}

TEST(MappingTable, AHoleLeavesBothSides) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x20000, 0, file_a));
  table.apply(unmapped(0x14000, 0x15000));
  EXPECT_EQ(offset_at(table, 0x13fff), 0x3fffU);
  EXPECT_EQ(table.find(process, 0x14000), nullptr);
  EXPECT_EQ(offset_at(table, 0x15000), 0x5000U);
  EXPECT_EQ(offset_at(table, 0x1ffff), 0xffffU);
  table.apply(unmapped(0, 0xffffffff));
  EXPECT_TRUE(table.of_process(process)->empty());
}

TEST(MappingTable, MovesAPartOfAMapping) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x20000, 0, file_a));
  table.apply(mapped(0x40000, 0x50000, 0, file_b));
  table.apply(moved(0x12000, 0x2000, 0x44000, 0x2000));
  EXPECT_EQ(table.find(process, 0x12000), nullptr);
  EXPECT_EQ(table.find(process, 0x13fff), nullptr);
  EXPECT_EQ(offset_at(table, 0x11fff), 0x1fffU);
  EXPECT_EQ(offset_at(table, 0x14000), 0x4000U);
  EXPECT_EQ(offset_at(table, 0x44000), 0x2000U);
  EXPECT_EQ(offset_at(table, 0x45fff), 0x3fffU);
  EXPECT_EQ(offset_at(table, 0x46000, file_b), 0x6000U);
}

TEST(MappingTable, GrowsAndShrinksWhileMoving) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x12000, 0x5000, file_a));
  table.apply(moved(0x10000, 0x2000, 0x30000, 0x4000));
  EXPECT_EQ(offset_at(table, 0x33fff), 0x8fffU);
  EXPECT_EQ(table.find(process, 0x34000), nullptr);
  table.apply(moved(0x30000, 0x4000, 0x50000, 0x1000));
  EXPECT_EQ(offset_at(table, 0x50fff), 0x5fffU);
  EXPECT_EQ(table.find(process, 0x51000), nullptr);
  EXPECT_EQ(table.find(process, 0x30000), nullptr);
}

TEST(MappingTable, GrowsAndShrinksInPlace) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x12000, 0, file_a));
  table.apply(moved(0x10000, 0x2000, 0x10000, 0x6000));
  EXPECT_EQ(offset_at(table, 0x15fff), 0x5fffU);
  table.apply(moved(0x10000, 0x6000, 0x10000, 0x1000));
  EXPECT_EQ(offset_at(table, 0x10fff), 0xfffU);
  EXPECT_EQ(table.find(process, 0x11000), nullptr);
}

TEST(MappingTable, MovesSeveralMappingsAndTheirHoles) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x12000, 0, file_a));
  table.apply(mapped(0x13000, 0x14000, 0x9000, file_b));
  table.apply(moved(0x10000, 0x4000, 0x80000, 0x4000));
  EXPECT_EQ(offset_at(table, 0x81fff), 0x1fffU);
  EXPECT_EQ(table.find(process, 0x82000), nullptr);
  EXPECT_EQ(offset_at(table, 0x83000, file_b), 0x9000U);
}

TEST(MappingTable, AMoveOfNothingMapsThePagesOnceMore) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x12000, 0, file_a));
  table.apply(moved(0x10000, 0, 0x80000, 0x2000));
  EXPECT_EQ(offset_at(table, 0x10000), 0U);
  EXPECT_EQ(offset_at(table, 0x81000), 0x1000U);
}

TEST(MappingTable, AMoveOfWhatIsNotKnownEmptiesItsTarget) {
  MappingTable table;
  table.apply(mapped(0x80000, 0x90000, 0, file_a));
  table.apply(moved(0x10000, 0x2000, 0x80000, 0x2000));
  EXPECT_EQ(table.find(process, 0x80000), nullptr);
  EXPECT_EQ(offset_at(table, 0x82000), 0x2000U);
}

TEST(MappingTable, AChildHasACopyOfItsOwn) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x12000, 0, file_a));
  table.apply(task(MappingChange::Kind::forked, 200, process));
  table.apply(unmapped(0x10000, 0x11000));
  EXPECT_EQ(table.find(process, 0x10000), nullptr);
  EXPECT_EQ(offset_at(table, 0x10000, file_a, 200), 0U);
  table.apply(task(MappingChange::Kind::executed, 200, 0));
  EXPECT_EQ(table.find(200, 0x10000), nullptr);
  EXPECT_EQ(offset_at(table, 0x11000), 0x1000U);
  // The id comes back for another child.
  table.apply(task(MappingChange::Kind::forked, 200, process));
  EXPECT_EQ(table.find(200, 0x10000), nullptr);
  EXPECT_EQ(offset_at(table, 0x11000, file_a, 200), 0x1000U);
}

TEST(MappingTable, AProcessGoesWithItsLastThread) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x12000, 0, file_a));
  table.apply(task(MappingChange::Kind::forked, 200, process));
  table.apply(task(MappingChange::Kind::forked, 200, 200));  // a thread
  table.apply(task(MappingChange::Kind::exited, 200, process));
  EXPECT_EQ(offset_at(table, 0x10000, file_a, 200), 0U);
  table.apply(task(MappingChange::Kind::exited, 200, process));
  EXPECT_EQ(table.of_process(200), nullptr);
}

TEST(MappingTable, AProcessOfBeforeStaysBecauseItsThreadsAreNotKnown) {
  MappingTable table;
  table.apply(mapped(0x10000, 0x12000, 0, file_a));
  table.apply(task(MappingChange::Kind::forked, process, process));
  table.apply(task(MappingChange::Kind::exited, process, 1));
  EXPECT_EQ(offset_at(table, 0x10000), 0U);
}

TEST(MappingTable, NothingIsMappedBackwards) {
  MappingTable table;
  table.apply(mapped(0x3000, 0x2000, 0, file_a));
  table.apply(mapped(0x3000, 0x3000, 0, file_a));
  EXPECT_TRUE(table.of_process(process)->empty());
}

TEST(DeviceNumbers, AreThoseOfStat) {
  EXPECT_EQ(device_number(8, 1), makedev(8, 1));
  EXPECT_EQ(device_number(259, 70000), makedev(259, 70000));
  EXPECT_EQ(device_of_kernel(259U << 20 | 70000), makedev(259, 70000));
  EXPECT_EQ(device_of_kernel(0), 0U);
}

TEST(ProcessMaps, AreReadWithOddNames) {
  MappingTable table;
  table.apply(mapped(0x9000, 0xa000, 0, file_b));
  table.add_process(process,
                    "00001000-00003000 r--p 00002000 103:11170 42    /with space (1)/x\n"
                    "00003000-00004000 rw-p 00000000 00:00 0 \n"
                    "00005000-00006000 r-xs 00000000 fd:01 9   /gone.bin (deleted)\n"
                    "00006000-00007000 rw-p 00000000 00:00 0   [heap]\n"
                    "00009000-00008000 rw-p 00000000 00:00 0 \n"
                    "7000-8000\n"
                    "broken");
  ASSERT_EQ(table.of_process(process)->size(), 4U) << "what was known of it before is replaced";
  const Mapping* first = table.find(process, 0x2fff);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->path, "/with space (1)/x");
  EXPECT_EQ(first->file, (FileId{.device = makedev(0x103, 0x11170), .inode = 42}));
  EXPECT_EQ(first->file_offset, 0x2000U);
  EXPECT_EQ(table.find(process, 0x3000)->path, "");
  EXPECT_EQ(table.find(process, 0x5000)->path, "/gone.bin");
  EXPECT_EQ(table.find(process, 0x6000)->path, "[heap]");
}

TEST(ProcessMaps, NameTheFileAsStatDoes) {
  struct stat self{};
  ASSERT_EQ(::stat("/proc/self/exe", &self), 0);
  MappingTable table;
  table.add_process(process, read_file("/proc/self/maps").value());
  const auto* found = table.find(process, reinterpret_cast<std::uint64_t>(&process));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->file.inode, self.st_ino);
  // Overlay and btrfs show another device in mappings than in stat(2).
  if (found->file.device != self.st_dev)
    GTEST_SKIP() << "the test program's file system has two device numbers";
}

}  // namespace
}  // namespace bytepath::trace
