#include "chunks/what_if.h"

#include <gmock/gmock.h>

#include "mounts/trace_file.h"
#include "simulation/oracle_general.h"
#include "support/mount_traces.h"
#include "support/temporary_folder.h"

namespace bytepath::chunks {
namespace {

using testing::HasSubstr;

constexpr Grid small{.unit = Unit::block, .chunk_bytes = 64 << 10};
constexpr Grid usual{.unit = Unit::block, .chunk_bytes = 512 << 10};
constexpr Grid layer{.unit = Unit::layer, .chunk_bytes = 0};

const result::Table* table_named(const result::Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  return found == document.tables.end() ? nullptr : &*found;
}

double metric_of(const result::Document& document, std::string_view name,
                 const result::Labels& labels) {
  for (const auto& metric : document.metrics) {
    if (metric.name == name && metric.labels == labels) return metric.median;
  }
  ADD_FAILURE() << name;
  return 0;
}

std::string trace_in(const test::TemporaryFolder& folder) {
  return folder.write("start", mounts::to_bytes(test::erofs_on_fuse()));
}

TEST(RecordedWhatIf, HasARowForEachGrid) {
  const test::TemporaryFolder folder;
  const auto document = what_if(
      {.traces = {trace_in(folder)}, .grids = {small, usual, layer}, .runs = 20}, no_progress);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_TRUE(document->complete);
  const auto* chunks = table_named(*document, "chunks");
  ASSERT_NE(chunks, nullptr);
  ASSERT_EQ(chunks->rows.size(), 3U);
  // 3 MiB in whole chunks, four pieces of 4 KiB, of which one lies in a chunk with what another
  // reads behind 7 MiB, and four of 32 KiB from 7 MiB + 32 KiB on.
  EXPECT_EQ(metric_of(*document, "fetches", {{"chunk", "65536"}}), 48 + 4 + 2);
  EXPECT_EQ(metric_of(*document, "fetches", {{"chunk", "524288"}}), 6 + 4);
  EXPECT_EQ(metric_of(*document, "fetched_bytes", {{"chunk", "524288"}}), 10 * 524288.0);
  EXPECT_EQ(metric_of(*document, "fetched_bytes", {{"unit", "layer"}}), 8 << 20);
  EXPECT_GT(metric_of(*document, "start_time", {{"chunk", "524288"}, {"tier", "l3"}}),
            metric_of(*document, "start_time", {{"chunk", "524288"}, {"tier", "l2"}}));
  EXPECT_NE(table_named(*document, "model_check"), nullptr);
  EXPECT_EQ(table_named(*document, "prefetch"), nullptr);
  EXPECT_EQ(table_named(*document, "miss_ratios"), nullptr);
  EXPECT_TRUE(document->not_measured.empty());
}

TEST(RecordedWhatIf, WithAPerfectListHasNothingLeftToFetch) {
  const test::TemporaryFolder folder;
  const auto list = folder.write("list", "/image 0 8388608\n/gone 0 1\n");
  const auto document = what_if(
      {.traces = {trace_in(folder)}, .grids = {usual}, .runs = 20, .prefetch = list}, no_progress);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(metric_of(*document, "prefetch_left", {{"chunk", "524288"}}), 0);
  EXPECT_EQ(metric_of(*document, "prefetch_wasted_bytes", {{"chunk", "524288"}}), 6 * 524288.0);
  EXPECT_LT(metric_of(*document, "prefetch_start_time", {{"chunk", "524288"}, {"tier", "l3"}}),
            metric_of(*document, "start_time", {{"chunk", "524288"}, {"tier", "l3"}}));
  ASSERT_EQ(document->not_measured.size(), 1U);
  EXPECT_THAT(document->not_measured[0].what, HasSubstr("1 of the 2 ranges"));
}

TEST(RecordedWhatIf, SaysThatATraceIsNotComplete) {
  const test::TemporaryFolder folder;
  auto bytes = mounts::to_bytes(test::erofs_on_fuse());
  const auto document =
      what_if({.traces = {folder.write("cut", bytes.substr(0, bytes.size() - 40))},
               .grids = {usual},
               .runs = 5},
              no_progress);
  ASSERT_TRUE(document) << document.error().message;
  ASSERT_EQ(document->not_measured.size(), 1U);
  EXPECT_THAT(document->not_measured[0].reason, HasSubstr("its end is missing"));
  EXPECT_THAT(document->not_measured[0].reason, HasSubstr("41 requests"));
}

TEST(RecordedWhatIf, OfSeveralTracesNamesThem) {
  const test::TemporaryFolder folder;
  const auto trace = trace_in(folder);
  const auto document =
      what_if({.traces = {trace, trace}, .grids = {usual}, .runs = 5}, no_progress);
  ASSERT_TRUE(document);
  EXPECT_EQ(table_named(*document, "chunks")->columns[0].name, "trace");
  EXPECT_EQ(metric_of(*document, "fetches", {{"chunk", "524288"}, {"trace", trace}}), 10);
}

TEST(RecordedWhatIf, FeedsCachesWithItsChunks) {
  const test::TemporaryFolder folder;
  const auto trace = trace_in(folder);
  const auto document = what_if({.traces = {trace, trace},
                                 .caches = {.policies = {simulation::Policy::lru},
                                            .capacities = {1 << 20, 8 << 20},
                                            .lower = {64 << 20}},
                                 .grids = {small, usual},
                                 .runs = 5},
                                no_progress);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->parameters.at("cache_chunk"), result::Value(std::int64_t{512 << 10}));
  const result::Labels large = {{"policy", "lru"}, {"capacity", "8388608"}};
  EXPECT_EQ(metric_of(*document, "miss_ratio", large), 100 * 10 / 80.0)
      << "the second start finds all";
  const result::Labels origin = {
      {"policy", "lru"}, {"l1", "1048576"}, {"l2", "67108864"}, {"tier", "origin"}};
  EXPECT_EQ(metric_of(*document, "tier_requests", origin), 100 * 10 / 80.0);
  EXPECT_NE(table_named(*document, "tiers"), nullptr);
}

TEST(RecordedWhatIf, AsksBeforeEachDrawWhetherToGoOn) {
  const test::TemporaryFolder folder;
  constexpr std::size_t runs = 20;
  std::size_t asked = 0;
  const WhatIfOptions options{.traces = {trace_in(folder)}, .grids = {usual}, .runs = runs};
  const auto whole = what_if(options, [&](std::size_t, std::size_t, std::string_view) {
    ++asked;
    return true;
  });
  ASSERT_TRUE(whole) << whole.error().message;
  // Of the check, of l2 and of l3.
  EXPECT_GE(asked, 3 * runs);
  const auto stopped =
      what_if(options, [&](std::size_t, std::size_t, std::string_view) { return --asked > runs; });
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_FALSE(stopped->complete);
  EXPECT_NE(table_named(*stopped, "chunks"), nullptr);
  EXPECT_EQ(table_named(*stopped, "start_times"), nullptr);
}

TEST(WhatIf, AsksWithinALargePieceWhetherToGoOn) {
  const test::TemporaryFolder folder;
  std::string records;
  constexpr std::uint64_t requests = 20'000;
  for (std::uint64_t i = 0; i < requests; ++i)
    simulation::append_oracle_record({.seconds = 0, .object = i, .bytes = 1, .next = -1}, records);
  std::size_t asked = 0;
  const auto document =
      what_if({.traces = {folder.write("requests", records)}, .caches = {.sizes = 100}},
              [&](std::size_t, std::size_t, std::string_view) {
                ++asked;
                return true;
              });
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_GE(asked, requests / 1100);
}

TEST(RecordedWhatIf, ComposesAWorkersTrace) {
  const test::TemporaryFolder folder;
  const auto written = folder.at("worker");
  WhatIfOptions options{
      .traces = {trace_in(folder)},
      .caches = {.policies = {simulation::Policy::belady, simulation::Policy::lru},
                 .capacities = {16 << 20}},
      .grids = {usual},
      .runs = 5,
      .worker = WorkerOptions{.functions = 40, .starts = 300},
      .write = written};
  const auto composed = what_if(options, no_progress);
  ASSERT_TRUE(composed) << composed.error().message;
  const auto read = what_if({.traces = {written}, .caches = options.caches}, no_progress);
  ASSERT_TRUE(read) << read.error().message;
  for (const char* policy : {"lru", "belady"}) {
    const result::Labels labels = {{"policy", policy}, {"capacity", "16777216"}};
    EXPECT_EQ(metric_of(*composed, "miss_ratio", labels), metric_of(*read, "miss_ratio", labels));
  }
}

TEST(WhatIf, PutsCodesSideBySide) {
  const test::TemporaryFolder folder;
  const auto document = what_if({.traces = {trace_in(folder)},
                                 .grids = {usual},
                                 .runs = 5,
                                 .codes = {{.needed = 1, .stored = 1}, {.needed = 4, .stored = 5}},
                                 .nodes = {.all = 20, .dead = 1}},
                                no_progress);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_NEAR(metric_of(*document, "origin_load", {{"code", "1-of-1"}}), 5.95, 0.01);
  EXPECT_NEAR(metric_of(*document, "origin_load", {{"code", "4-of-5"}}), 1, 1e-9);
  EXPECT_NEAR(metric_of(*document, "erasure_latency", {{"code", "4-of-5"}, {"percentile", "50"}}),
              742e3, 3e3);
  EXPECT_EQ(table_named(*document, "code_start_times")->columns.back().name, "l2-4-of-5");
}

TEST(WhatIf, RefusesWhatDoesNotFitTogether) {
  const test::TemporaryFolder folder;
  const auto start = trace_in(folder);
  const auto requests = folder.write("requests", "");
  const auto refused = [](const WhatIfOptions& options, const std::string& named) {
    const auto document = what_if(options, no_progress);
    ASSERT_FALSE(document) << named;
    EXPECT_EQ(document.error().kind, ErrorKind::usage);
    EXPECT_THAT(document.error().message, HasSubstr(named));
    EXPECT_NE(document.error().hint, "");
  };
  refused({.traces = {start, requests}, .grids = {usual}}, "one trace");
  refused({.traces = {requests}, .prefetch = start}, "--prefetch");
  refused({.traces = {requests}, .worker = WorkerOptions{}}, "--functions");
  refused({.traces = {start}, .grids = {usual}, .nodes = {.all = 3, .dead = 4}}, "--dead");
  refused({.traces = {start},
           .grids = {usual},
           .codes = {{.needed = 4, .stored = 5}},
           .nodes = {.all = 4}},
          "--nodes");
  refused({.traces = {start}, .grids = {usual}, .latencies = "l9=1ms"}, "--latency");
  refused({.traces = {start}, .caches = {.capacities = {1}}, .grids = {layer}}, "--unit");
  refused({.traces = {start}, .grids = {usual}, .prefetch = start}, "line 1");
}

TEST(WhatIf, ThatIsStoppedHasWhatItDidUntilThen) {
  const test::TemporaryFolder folder;
  const auto document =
      what_if({.traces = {trace_in(folder)}, .grids = {small, usual}, .runs = 5},
              [](std::size_t done, std::size_t, std::string_view) { return done < 1; });
  ASSERT_TRUE(document);
  EXPECT_FALSE(document->complete);
  EXPECT_EQ(table_named(*document, "chunks")->rows.size(), 1U);
}

}  // namespace
}  // namespace bytepath::chunks
