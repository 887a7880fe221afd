#include "simulation/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "simulation/oracle_general.h"
#include "support/temporary_folder.h"

namespace bytepath::simulation {
namespace {

std::vector<OracleRecord> records_of(std::initializer_list<std::uint64_t> objects) {
  std::vector<OracleRecord> records;
  for (const std::uint64_t object : objects) records.push_back({.object = object, .bytes = 100});
  return records;
}

TEST(ObjectNumbers, AreGivenInTheOrderOfComingAndKept) {
  ObjectNumbers numbers;
  for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(numbers.number_of(i << 40U), i);
  for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(numbers.number_of(i << 40U), i);
  EXPECT_EQ(numbers.count(), 10'000U);
  EXPECT_EQ(numbers.number_of(UINT64_MAX), 10'000U);
}

TEST(Sweep, FeedsEachCacheWithAllRequests) {
  const Policy policies[] = {Policy::lru, Policy::fifo};
  const std::uint64_t capacities[] = {100, 200};
  Sweep sweep(policies, capacities);
  const auto first = records_of({70, 80, 70});
  const auto second = records_of({90, 70, 80});
  sweep.add(first);
  sweep.add(second);
  EXPECT_EQ(sweep.requests(), 6U);
  EXPECT_EQ(sweep.objects(), 3U);
  EXPECT_EQ(sweep.bytes(), 600U);
  EXPECT_EQ(sweep.object_bytes(), 300U);
  ASSERT_EQ(sweep.cells().size(), 4U);
  EXPECT_EQ(sweep.cells()[0].misses, 6U);
  // With two objects LRU keeps 70 when 90 comes, FIFO does not.
  EXPECT_EQ(sweep.cells()[1].misses, 4U);
  EXPECT_EQ(sweep.cells()[1].missed_bytes, 400U);
  EXPECT_EQ(sweep.cells()[3].policy, Policy::fifo);
  EXPECT_EQ(sweep.cells()[3].capacity, 200U);
  EXPECT_EQ(sweep.cells()[3].misses, 5U);
}

TEST(SpreadCapacities, EndAtTheLargestAndAscend) {
  const auto capacities = spread_capacities(1'000'000, 20);
  EXPECT_EQ(capacities.size(), 20U);
  EXPECT_EQ(capacities.back(), 1'000'000U);
  EXPECT_EQ(capacities.front(), 3906U);
  EXPECT_TRUE(std::ranges::is_sorted(capacities));
  EXPECT_EQ(spread_capacities(3, 20), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_TRUE(spread_capacities(0, 20).empty());
}

// By the table of the format.
TEST(OracleRecord, IsPackedInTwentyFourBytes) {
  std::string bytes;
  append_oracle_record({.seconds = 1, .object = 2, .bytes = 3, .next = -1}, bytes);
  const std::string expected(
      "\1\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0"
      "\xff\xff\xff\xff\xff\xff\xff\xff",
      24);
  EXPECT_EQ(bytes, expected);
  const auto read = read_oracle_record(reinterpret_cast<const std::byte*>(bytes.data()));
  EXPECT_EQ(read.seconds, 1U);
  EXPECT_EQ(read.object, 2U);
  EXPECT_EQ(read.bytes, 3U);
  EXPECT_EQ(read.next, -1);
}

TEST(OracleReader, ReadsAFileLargerThanAPiece) {
  const test::TemporaryFolder folder;
  std::string bytes;
  constexpr std::uint64_t count = 70'000;
  for (std::uint64_t i = 0; i < count; ++i) append_oracle_record({.object = i, .bytes = 1}, bytes);
  auto reader = OracleReader::open(folder.write("trace", bytes));
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->records(), count);
  std::uint64_t next = 0;
  for (auto piece = reader->next(); !piece->empty(); piece = reader->next()) {
    ASSERT_TRUE(piece);
    for (const auto& record : *piece) ASSERT_EQ(record.object, next++);
  }
  EXPECT_EQ(next, count);
}

TEST(OracleReader, RefusesWhatIsNoTrace) {
  const test::TemporaryFolder folder;
  for (const auto& path :
       {folder.write("cut", std::string(25, 'x')), folder.path(), folder.at("missing")}) {
    const auto reader = OracleReader::open(path);
    ASSERT_FALSE(reader) << path;
    EXPECT_EQ(reader.error().kind, ErrorKind::usage);
    EXPECT_NE(reader.error().message.find(path), std::string::npos);
  }
  EXPECT_TRUE(OracleReader::open(folder.write("empty", ""))->next()->empty());
  // Some other file, of a length that fits.
  auto other =
      OracleReader::open(folder.write("other", std::string(48, '\1') + std::string(24, '\0')));
  ASSERT_TRUE(other);
  const auto piece = other->next();
  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().kind, ErrorKind::usage);
  EXPECT_NE(piece.error().message.find("record 2"), std::string::npos);
}

}  // namespace
}  // namespace bytepath::simulation
