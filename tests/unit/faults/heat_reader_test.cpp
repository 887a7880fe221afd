#include "faults/heat_reader.h"

#include <gtest/gtest.h>

namespace bytepath::faults {
namespace {

constexpr std::uint64_t page = pages::page_bytes;
constexpr std::uint64_t file_pages = 1024;

struct Reading {
  SeenPages seen{.mapped = pages::PageSet(file_pages), .huge = pages::PageSet(file_pages)};
  pages::PageSet before{file_pages};
  FileHeat heat{.touched = pages::PageSet(file_pages)};

  Reading& run(std::uint64_t first_page, trace::MappedRun mapped) {
    add_run(mapped, first_page, seen, heat);
    return *this;
  }
  const FileHeat& sums(std::uint64_t file_bytes = file_pages * page) {
    sum_up(heat, seen, before, file_bytes);
    return heat;
  }
};

TEST(HeatReader, CountsAPageOfTwoMappingsOnce) {
  Reading reading;
  reading.before.insert(0, 4);
  for (int mapping = 0; mapping < 2; ++mapping) {
    reading.run(0, {.first = 0, .count = 10, .accessed = true});
    reading.run(512, {.first = 0, .count = 512, .accessed = false, .huge = true});
  }
  const auto& heat = reading.sums();
  EXPECT_EQ(heat.touched.count(), 10U);
  EXPECT_EQ(heat.fresh, 6U);
  EXPECT_EQ(heat.fresh_bytes, 6 * page);
  EXPECT_EQ(heat.present, 522U);
  EXPECT_EQ(heat.huge, 512U);
}

TEST(HeatReader, CountsWhatOneMappingHadBeforeAsKnown) {
  Reading reading;
  reading.before.insert(7);
  // Through the other mapping, which is new, the same page.
  reading.run(7, {.first = 0, .count = 1, .accessed = true});
  EXPECT_EQ(reading.sums().fresh, 0U);
}

TEST(HeatReader, ClipsTheLastPageToTheFile) {
  constexpr std::uint64_t bytes = (file_pages - 1) * page + 100;
  Reading fresh;
  fresh.run(0, {.first = file_pages - 2, .count = 2, .accessed = true});
  EXPECT_EQ(fresh.sums(bytes).touched_bytes, page + 100);
  EXPECT_EQ(fresh.heat.fresh_bytes, page + 100);
  Reading known;
  known.before.insert(file_pages - 1);
  known.run(0, {.first = file_pages - 2, .count = 2, .accessed = true});
  EXPECT_EQ(known.sums(bytes).touched_bytes, page + 100);
  EXPECT_EQ(known.heat.fresh_bytes, page);
  Reading other;
  other.run(0, {.first = 0, .count = 1, .accessed = true});
  EXPECT_EQ(other.sums(bytes).touched_bytes, page);
}

}  // namespace
}  // namespace bytepath::faults
