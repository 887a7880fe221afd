#include "chunks/time_bars.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "chunks/report_document.h"
#include "result/document_parts.h"
#include "support/mount_traces.h"

namespace bytepath::chunks {
namespace {

constexpr std::uint64_t chunk_bytes = 65'536;
constexpr mounts::FileId one_file{41, 1};
constexpr mounts::FileId other_file{41, 2};

Bar bar(std::uint64_t begin_ns, std::uint64_t end_ns, std::uint64_t offset = 0,
        std::size_t kind = 0, mounts::FileId file = one_file) {
  return {.begin_ns = begin_ns,
          .end_ns = end_ns,
          .kind = kind,
          .file = file,
          .offset = offset,
          .bytes = 4096};
}

std::vector<std::size_t> lanes(const Bars& bars) {
  std::vector<std::size_t> found;
  for (const auto& each : bars.bars) found.push_back(each.lane);
  return found;
}

TEST(TimeBars, TakeTheLowestLaneThatIsFree) {
  const auto bars = time_bars({bar(30, 40), bar(0, 20), bar(10, 30), bar(20, 25)}, chunk_bytes, 9);
  EXPECT_EQ(bars.joined, Joined::nothing);
  ASSERT_EQ(bars.bars.size(), 4U);
  EXPECT_EQ(bars.bars[0].begin_ns, 0U) << "by their begin";
  EXPECT_THAT(lanes(bars), testing::ElementsAre(0, 1, 0, 0));
}

TEST(TimeBars, AreFirstThoseOfAChunkThatOverlap) {
  const auto bars = time_bars(
      {bar(0, 20), bar(10, 30, 4096), bar(12, 30, chunk_bytes), bar(15, 30, 8192, 1), bar(50, 60)},
      chunk_bytes, 4);
  EXPECT_EQ(bars.joined, Joined::chunk);
  ASSERT_EQ(bars.bars.size(), 4U) << "another chunk, another kind, later";
  const Bar& first = bars.bars[0];
  EXPECT_EQ(first.end_ns, 30U);
  EXPECT_EQ(first.count, 2U);
  EXPECT_EQ(first.bytes, 8192U);
  EXPECT_FALSE(first.several_files);
}

TEST(TimeBars, AreThenThoseOfAFileThatAreClose) {
  std::vector<Bar> all;
  for (std::uint64_t i = 0; i < 100; ++i) {
    all.push_back(bar(i * 1000, i * 1000 + 900, i * chunk_bytes));
    all.push_back(bar(i * 1000, i * 1000 + 900, i * chunk_bytes, 0, other_file));
  }
  const auto bars = time_bars(all, chunk_bytes, 10);
  EXPECT_EQ(bars.joined, Joined::file);
  EXPECT_GT(bars.gap_ns, 100U);
  ASSERT_EQ(bars.bars.size(), 2U);
  EXPECT_EQ(bars.bars[0].count, 100U);
  EXPECT_EQ(bars.bars[0].bytes, 100U * 4096);
  EXPECT_EQ(bars.bars[1].end_ns, 99'900U);
}

TEST(TimeBars, AreAtLastAllOfAKindAndNeverMoreThanAskedFor) {
  std::vector<Bar> all;
  for (std::uint64_t i = 0; i < 5000; ++i)
    all.push_back(bar(i * 1000, i * 1000 + 10, 0, i % 3, {41, i}));
  for (const std::size_t most : {1000U, 100U, 3U}) {
    const auto bars = time_bars(all, chunk_bytes, most);
    EXPECT_EQ(bars.joined, Joined::kind);
    EXPECT_LE(bars.bars.size(), most);
    std::uint64_t count = 0;
    for (const auto& each : bars.bars) count += each.count;
    EXPECT_EQ(count, 5000U) << "none is lost";
    EXPECT_TRUE(bars.bars[0].several_files);
  }
}

TEST(TimeBars, OfWhatTookNoTimeOrEndedBeforeItBegan) {
  EXPECT_TRUE(time_bars({}, chunk_bytes, 1).bars.empty());
  const auto bars = time_bars({bar(7, 5), bar(7, 7)}, chunk_bytes, 1);
  ASSERT_EQ(bars.bars.size(), 1U);
  EXPECT_EQ(bars.bars[0].end_ns, 7U);
}

const result::Table* table_named(const result::Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  return found == document.tables.end() ? nullptr : &*found;
}

TEST(Timeline, HasABarForEachReadWithItsTier) {
  auto trace = test::erofs_on_fuse();
  std::ranges::find(trace.requests, test::opcode_read, &mounts::Request::opcode)->error = -5;
  const auto document = report_document(trace, {.subject = "trace", .tiers = {}});
  const auto* table = table_named(document, "reads_in_flight");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->rows.size(), 40U);
  ASSERT_TRUE(table->time_bars);
  const auto column = [&](const char* name) { return result::place_of(*table, name); };
  EXPECT_EQ(std::get<std::string>(table->rows.front()[column(table->time_bars->kind.c_str())]),
            "(failed)");
  EXPECT_EQ(table->rows.front()[column("bytes")], result::Value()) << "it brought none";
  for (const auto& row : table->rows) {
    EXPECT_GT(std::get<double>(row[column("took")]), 0);
    EXPECT_EQ(std::get<std::int64_t>(row[column("reads")]), 1);
  }
}

TEST(Timeline, SaysWhatIsOneBarAndKeepsToItsRoom) {
  mounts::MountTrace trace;
  trace.levels = {"fuse"};
  trace.begin_ns = 1000;
  for (std::uint64_t i = 0; i < 3000; ++i)
    trace.requests.push_back(test::read_request(1, i * 4096, 4096, 1000 + i * 1000, 1500));
  const auto document = report_document(trace, {.subject = "trace", .tiers = {}});
  const auto* table = table_named(document, "reads_in_flight");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->title,
            "READs in flight, by where they were answered from (3000 reads in 24 bars: those of "
            "one chunk that overlap are one)");
  EXPECT_EQ(table->rows.size(), 24U);
  EXPECT_EQ(std::get<double>(table->rows[0][0]), 0);
}

TEST(Timeline, OfWaitsIsOfTheTargetsForData) {
  mounts::MountTrace trace;
  trace.levels = {"cache"};
  const auto wait = [](std::uint16_t cause, std::uint16_t flags) {
    return mounts::Stall{
        .begin_ns = 10, .end_ns = 30, .device = 41, .inode = 1, .cause = cause, .flags = flags};
  };
  trace.stalls = {wait(mounts::Stall::read, mounts::by_target),
                  wait(mounts::Stall::fault, mounts::by_target), wait(mounts::Stall::read, 0),
                  wait(mounts::Stall::request, mounts::by_target)};
  const auto document = report_document(trace, {.subject = "trace", .tiers = {}});
  EXPECT_EQ(table_named(document, "reads_in_flight"), nullptr);
  const auto* table = table_named(document, "waits_in_flight");
  ASSERT_NE(table, nullptr);
  ASSERT_EQ(table->rows.size(), 2U);
  const auto cause = result::place_of(*table, "cause");
  EXPECT_EQ(std::get<std::string>(table->rows[0][cause]), "a read");
  EXPECT_EQ(std::get<std::string>(table->rows[1][cause]), "a page fault");
}

}  // namespace
}  // namespace bytepath::chunks
