#include "chunks/worker_trace.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "chunks/worker_source.h"
#include "starts.h"
#include "support/temporary_folder.h"

namespace bytepath::chunks {
namespace {

using simulation::OracleRecord;

std::vector<std::vector<CachedChunk>> recorded() {
  std::vector<CachedChunk> one;
  std::vector<CachedChunk> other;
  for (std::uint64_t i = 0; i < 100; ++i) one.push_back({.name = 1000 + i, .bytes = 10});
  for (std::uint64_t i = 0; i < 50; ++i) other.push_back({.name = 1080 + i, .bytes = 20});
  return {one, other};
}

std::vector<OracleRecord> all_of(WorkerTrace& trace) {
  std::vector<OracleRecord> records;
  for (auto piece = trace.next(); !piece.empty(); piece = trace.next()) {
    records.insert(records.end(), piece.begin(), piece.end());
  }
  return records;
}

TEST(WorkerTrace, IsTheSameAgainAndForTheSameSeed) {
  const WorkerOptions options{
      .functions = 20, .starts = 2000, .cron_every = 100, .cron_functions = 5};
  WorkerTrace trace(recorded(), options);
  const auto records = all_of(trace);
  EXPECT_EQ(records.size(), trace.requests());
  trace.rewind();
  const auto again = all_of(trace);
  WorkerTrace other(recorded(), {.functions = 20, .starts = 2000, .seed = 2});
  const auto different = all_of(other);
  ASSERT_EQ(again.size(), records.size());
  bool same = true;
  for (std::size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(records[i].object, again[i].object);
    same = same && i < different.size() && records[i].object == different[i].object;
  }
  EXPECT_FALSE(same);
}

TEST(WorkerTrace, HasStartsAndStorms) {
  WorkerTrace trace(
      recorded(),
      {.functions = 10, .starts = 100, .private_share = 1, .cron_every = 50, .cron_functions = 3});
  const auto records = all_of(trace);
  EXPECT_EQ(records.back().seconds, 105U) << "100 starts and two storms of three";
  std::map<std::uint32_t, std::set<std::uint64_t>> starts;
  for (const auto& record : records) starts[record.seconds].insert(record.object);
  EXPECT_EQ(starts[50], starts[103]) << "the same functions each time";
  EXPECT_EQ(starts[52], starts[105]);
  for (std::uint32_t i = 0; i < 50; ++i) EXPECT_NE(starts[i], starts[50]) << "nobody else's";
}

TEST(WorkerTrace, SharesWhatIsNotPrivate) {
  for (const double share : {0.0, 0.25, 1.0}) {
    WorkerTrace trace(recorded(), {.functions = 40, .starts = 4000, .private_share = share});
    std::size_t shared = 0;
    const auto records = all_of(trace);
    for (const auto& record : records) shared += record.object < 2000 ? 1 : 0;
    EXPECT_NEAR(static_cast<double>(shared) / static_cast<double>(records.size()), 1 - share, 0.04);
  }
}

TEST(WorkerTrace, StartsFunctionsByZipfsLaw) {
  // Each function has but one chunk, its own.
  WorkerTrace trace({{{.name = 5, .bytes = 1}}},
                    {.functions = 4, .starts = 100'000, .zipf = 1, .private_share = 1});
  std::map<std::uint64_t, double> counts;
  for (const auto& record : all_of(trace)) ++counts[record.object];
  std::vector<double> ordered;
  for (const auto& [object, count] : counts) ordered.push_back(count);
  std::ranges::sort(ordered, std::greater<>());
  ASSERT_EQ(ordered.size(), 4U);
  for (std::size_t k = 1; k <= 4; ++k) {
    EXPECT_NEAR(ordered[k - 1], 100'000 * 12.0 / 25 / static_cast<double>(k), 800) << k;
  }
}

TEST(WorkerSource, KnowsTheFutureWhenItIsToldTo) {
  const auto worker =
      std::make_shared<WorkerTrace>(recorded(), WorkerOptions{.functions = 5, .starts = 2000});
  for (const bool future : {false, true}) {
    const auto source = source_of_worker(worker, future);
    ASSERT_TRUE(source);
    const auto next = source->open();
    std::vector<OracleRecord> records;
    for (auto piece = (*next)(); !piece->empty(); piece = (*next)()) {
      records.insert(records.end(), piece->begin(), piece->end());
    }
    ASSERT_EQ(records.size(), source->requests);
    std::map<std::uint64_t, std::int64_t> seen;
    for (std::size_t i = records.size(); i-- > 0;) {
      const auto later = seen.find(records[i].object);
      const std::int64_t expected = !future || later == seen.end() ? -1 : later->second;
      ASSERT_EQ(records[i].next, expected) << i;
      seen[records[i].object] = static_cast<std::int64_t>(i);
    }
  }
}

TEST(WorkerSource, IsWrittenAsOthersReadIt) {
  const test::TemporaryFolder folder;
  const auto worker =
      std::make_shared<WorkerTrace>(recorded(), WorkerOptions{.functions = 5, .starts = 100});
  const auto source = source_of_worker(worker, true);
  ASSERT_EQ(write_source(*source, folder.at("trace"), no_progress), true);
  auto reader = simulation::OracleReader::open(folder.at("trace"));
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->records(), source->requests);
  EXPECT_TRUE(reader->next()) << "next uses lie in the future";
}

TEST(StartsSource, HasWhatTheDaemonWasAskedFor) {
  const auto start = test::start_of({{.offset = 0, .bytes = 8192}, {.offset = 4096}}, {8192});
  std::vector<GridParts> parts;
  parts.emplace_back(start, Grid{.unit = Unit::block, .chunk_bytes = 4096});
  EXPECT_EQ(first_touches(parts[0]).size(), 2U);
  const auto source = source_of_starts(parts);
  const auto next = source.open();
  const auto records = (*next)();
  ASSERT_EQ(records->size(), 3U);
  EXPECT_EQ((*records)[1].object, (*records)[2].object);
  EXPECT_EQ((*records)[1].next, 2);
  EXPECT_EQ((*records)[0].next, -1);
  EXPECT_TRUE((*next)()->empty());
}

}  // namespace
}  // namespace bytepath::chunks
