#include <gtest/gtest.h>

#include <algorithm>

#include "chunks/dedup.h"
#include "chunks/what_if.h"
#include "simulation/oracle_general.h"
#include "support/temporary_folder.h"

namespace bytepath::chunks {
namespace {

const result::Table& table_of(const result::Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  EXPECT_NE(found, document.tables.end()) << name;
  return *found;
}

TEST(Dedup, HasARowForEachGridAndImage) {
  const test::TemporaryFolder folder;
  const std::string shared(8192, 's');
  const auto one = folder.write("one", shared + std::string(8192, '1'));
  const auto two = folder.write("two", shared + std::string(4096, '\0'));
  const auto document = dedup({.images = {one, two}, .grids = {4096, 8192}}, no_progress);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_TRUE(document->complete);
  const auto& grids = table_of(*document, "grids");
  ASSERT_EQ(grids.rows.size(), 2U);
  EXPECT_EQ(std::get<std::int64_t>(grids.rows[1][0]), 8192);
  EXPECT_NEAR(std::get<double>(grids.rows[0][1]), 100.0 / 7, 1e-9);  // zero
  EXPECT_NEAR(std::get<double>(grids.rows[0][3]), 400.0 / 7, 1e-9);  // shared
  const auto& images = table_of(*document, "images");
  ASSERT_EQ(images.rows.size(), 2U);
  EXPECT_EQ(std::get<double>(images.rows[0][3]), 50);
  EXPECT_EQ(std::get<double>(images.rows[1][3]), 0);
}

TEST(Dedup, OfMoreChunksThanItMayKeepSaysThatItSampled) {
  const test::TemporaryFolder folder;
  std::string image;
  for (int i = 0; i < 100; ++i) image += std::string(4096, static_cast<char>(i + 1));
  const auto document = dedup(
      {.images = {folder.write("image", image)}, .grids = {4096}, .most_chunks = 50}, no_progress);
  ASSERT_TRUE(document);
  ASSERT_EQ(document->not_measured.size(), 1U);
  EXPECT_LT(std::get<double>(table_of(*document, "grids").rows[0][6]), 100);
}

TEST(Dedup, ThatIsStoppedHasWhatItReadUntilThen) {
  const test::TemporaryFolder folder;
  const auto image = folder.write("image", std::string(3 << 20, 'x'));
  const auto document =
      dedup({.images = {image}, .grids = {4096}},
            [](std::size_t done, std::size_t, std::string_view) { return done < 2; });
  ASSERT_TRUE(document);
  EXPECT_FALSE(document->complete);
  EXPECT_EQ(std::get<std::int64_t>(table_of(*document, "images").rows[0][1]), 2 << 20);
}

TEST(Dedup, OfWhatIsNoImageIsRefused) {
  const test::TemporaryFolder folder;
  for (const auto& path : {folder.path(), folder.at("missing")}) {
    const auto document = dedup({.images = {path}, .grids = {4096}}, no_progress);
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().kind, ErrorKind::usage);
    EXPECT_NE(document.error().message.find(path), std::string::npos);
  }
}

std::string trace_in(const test::TemporaryFolder& folder) {
  std::string bytes;
  for (const std::uint64_t object : {1U, 2U, 1U, 3U, 1U, 2U}) {
    simulation::append_oracle_record({.object = object, .bytes = 1000}, bytes);
  }
  return folder.write("trace", bytes);
}

TEST(WhatIf, HasARowForEachCapacityAndAColumnForEachPolicy) {
  const test::TemporaryFolder folder;
  const auto document =
      what_if({.traces = {trace_in(folder)},
               .caches = {.policies = {simulation::Policy::lru, simulation::Policy::fifo},
                          .capacities = {1000, 2000, 3000}}},
              no_progress);
  ASSERT_TRUE(document) << document.error().message;
  const auto& ratios = table_of(*document, "miss_ratios");
  ASSERT_EQ(ratios.columns.size(), 4U);
  EXPECT_EQ(ratios.columns[2].name, "lru");
  ASSERT_EQ(ratios.rows.size(), 3U);
  EXPECT_EQ(std::get<double>(ratios.rows[0][2]), 100);
  EXPECT_NEAR(std::get<double>(ratios.rows[1][2]), 400.0 / 6, 1e-9);
  EXPECT_EQ(std::get<double>(ratios.rows[2][3]), 50);
  EXPECT_EQ(document->metrics.size(), 12U) << "by requests and by bytes";
  const auto curve = std::ranges::find(document->series, "lru_curve", &result::Series::name);
  ASSERT_NE(curve, document->series.end());
  EXPECT_EQ(curve->points.back().median, 50);
}

TEST(WhatIf, ChoosesCapacitiesUpToAllObjects) {
  const test::TemporaryFolder folder;
  const auto document =
      what_if({.traces = {trace_in(folder)}, .caches = {.sizes = 5}}, no_progress);
  ASSERT_TRUE(document);
  const auto& ratios = table_of(*document, "miss_ratios");
  EXPECT_EQ(ratios.columns.size(), 2 + std::size(simulation::all_policies));
  ASSERT_EQ(ratios.rows.size(), 5U);
  EXPECT_EQ(std::get<std::int64_t>(ratios.rows.back()[0]), 3000);
  EXPECT_EQ(std::get<double>(ratios.rows.back()[1]), 100);
}

TEST(WhatIf, OfAnEmptyTraceIsEmpty) {
  const test::TemporaryFolder folder;
  const auto document = what_if({.traces = {folder.write("trace", "")}}, no_progress);
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->tables.empty());
}

}  // namespace
}  // namespace bytepath::chunks
