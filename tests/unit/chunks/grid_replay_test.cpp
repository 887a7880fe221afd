#include "chunks/grid_replay.h"

#include <gtest/gtest.h>

#include "starts.h"

namespace bytepath::chunks {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t ms = 1'000'000;

Grid blocks(std::uint64_t bytes) { return {.unit = Unit::block, .chunk_bytes = bytes}; }

ReplayOptions options_of(double hit_ns, double fetch_ns, double bytes_per_second = 0) {
  return {.hit = LatencyModel::constant(hit_ns),
          .source = {.name = "l3",
                     .tier = {.latency = LatencyModel::constant(fetch_ns),
                              .bytes_per_second = bytes_per_second},
                     .code = {}}};
}

double duration(const StartReads& start, std::uint64_t chunk, const ReplayOptions& options) {
  const GridParts parts(start, blocks(chunk));
  stats::Random random(1);
  return GridReplay(start, parts).run(options, random).duration_ns;
}

TEST(GridReplay, WithTheRecordedLatenciesTakesTheRecordedTime) {
  const auto start = start_reads(test::erofs_on_fuse(), "trace");
  ASSERT_TRUE(start);
  const GridParts parts(*start, blocks(4 * kib));
  EXPECT_EQ(GridReplay(*start, parts).run_with(read_latencies(*start)).duration_ns,
            static_cast<double>(start->duration_ns));
}

// 1 ms of work, a fetch, 2 ms of work, a fetch, 3 ms of work.
TEST(GridReplay, AddsUpWhatWaitsForOneAnother) {
  const auto start = test::start_of({{.offset = 0, .begin_ns = 1 * ms, .end_ns = 5 * ms},
                                     {.offset = 64 * kib, .begin_ns = 7 * ms, .end_ns = 8 * ms}},
                                    {1024 * kib}, 11 * ms);
  EXPECT_EQ(duration(start, 64 * kib, options_of(0, 10.0 * ms)), 26.0 * ms);
  EXPECT_EQ(duration(start, 128 * kib, options_of(1.0 * ms, 10.0 * ms)), 17.0 * ms)
      << "the second finds its chunk";
  // 64 KiB at 64 MiB/s are 0.9765625 ms.
  EXPECT_NEAR(duration(start, 64 * kib, options_of(0, 0, 64.0 * 1024 * 1024)), 7.953125 * ms, 1);
}

TEST(GridReplay, LetsFetchesOverlapThatDid) {
  const auto start = test::start_of({{.offset = 0, .begin_ns = 0, .end_ns = 4 * ms},
                                     {.offset = 64 * kib, .begin_ns = 1 * ms, .end_ns = 5 * ms}},
                                    {1024 * kib}, 5 * ms);
  EXPECT_EQ(duration(start, 64 * kib, options_of(0, 10.0 * ms)), 11.0 * ms);
  // Of one chunk the second waits for what the first has on its way.
  EXPECT_EQ(duration(start, 128 * kib, options_of(0, 10.0 * ms)), 10.0 * ms);
}

TEST(GridReplay, DoesNotWaitForReadaheadThatNobodyWaitedFor) {
  auto start = test::start_of({{.offset = 0, .begin_ns = 0, .end_ns = 4 * ms},
                               {.offset = 64 * kib, .begin_ns = 5 * ms, .end_ns = 6 * ms}},
                              {1024 * kib}, 6 * ms);
  start.reads[0].waited = false;
  EXPECT_EQ(duration(start, 64 * kib, options_of(0, 100.0 * ms)), 105.0 * ms);
}

TEST(GridReplay, SharesItsConnections) {
  const auto start =
      test::start_of({{.offset = 0, .bytes = 40 * kib, .begin_ns = 0, .end_ns = ms}}, {1024 * kib});
  auto options = options_of(0, 1.0 * ms);
  options.parallel = 4;
  EXPECT_EQ(duration(start, 4 * kib, options), 3.0 * ms) << "ten fetches, four at once";
}

TEST(GridReplay, FindsWhatWasFetchedBefore) {
  const auto start = test::start_of({{.offset = 0, .begin_ns = 0, .end_ns = ms},
                                     {.offset = 64 * kib, .begin_ns = 2 * ms, .end_ns = 3 * ms},
                                     {.offset = 128 * kib, .begin_ns = 4 * ms, .end_ns = 5 * ms}},
                                    {1024 * kib}, 5 * ms);
  const GridParts parts(start, blocks(64 * kib));
  const std::vector<mounts::FileRange> list = {{.path = "/0", .offset = 0, .bytes = 128 * kib}};
  const auto plan = plan_prefetch(start, parts, list);
  auto options = options_of(0, 10.0 * ms);
  options.prefetch = &plan;
  stats::Random random(1);
  const auto replayed = GridReplay(start, parts).run(options, random);
  // The first two come together after 10 ms, 1 ms of work and the third follow, 10 ms more.
  EXPECT_EQ(replayed.duration_ns, 22.0 * ms);
  EXPECT_EQ(replayed.critical_fetches, 1U);
  options.parallel = 1;
  // The second one's turn comes when the first is there, which is before it is asked for.
  EXPECT_EQ(GridReplay(start, parts).run(options, random).duration_ns, 31.0 * ms);
}

TEST(StartTime, IsTheSameForTheSameSeed) {
  const auto start = start_reads(test::erofs_on_fuse(), "trace");
  const GridParts parts(*start, blocks(512 * kib));
  const GridReplay replay(*start, parts);
  auto options = options_of(0, 0);
  options.source.tier.latency = LatencyModel::lognormal(36e6, 0.512);
  const auto always = [] { return true; };
  const auto drawn = start_time(replay, options, 100, 7, always);
  ASSERT_TRUE(drawn);
  const StartTime& one = *drawn;
  EXPECT_EQ(one.runs_ns, start_time(replay, options, 100, 7, always)->runs_ns);
  EXPECT_NE(one.runs_ns, start_time(replay, options, 100, 8, always)->runs_ns);
  EXPECT_LT(one.low_ns, one.mean_ns);
  EXPECT_GT(one.high_ns, one.mean_ns);
  EXPECT_EQ(one.critical_fetches, static_cast<double>(parts.parts().size()));
}

TEST(StartTime, StopsBetweenTwoDraws) {
  const auto start = start_reads(test::erofs_on_fuse(), "trace");
  const GridParts parts(*start, blocks(512 * kib));
  const GridReplay replay(*start, parts);
  int asked = 0;
  EXPECT_FALSE(start_time(replay, options_of(0, 0), 100, 7, [&] { return ++asked < 4; }));
  EXPECT_EQ(asked, 4);
}

TEST(StartTime, OfRunsHasTheirMeanAndWhere95Of100Lie) {
  std::vector<double> runs;
  for (int i = 0; i <= 1000; ++i) runs.push_back(i);
  const auto time = summarize_runs(runs);
  EXPECT_EQ(time.mean_ns, 500);
  EXPECT_EQ(time.low_ns, 25);
  EXPECT_EQ(time.high_ns, 975);
  EXPECT_EQ(summarize_runs({}).mean_ns, 0);
}

}  // namespace
}  // namespace bytepath::chunks
