#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using testing::HasSubstr;
using testing::Not;

result::Document document_of(const std::string& mode) {
  result::Document document;
  document.tool = "chunk-probe";
  document.parameters["mode"] = mode;
  return document;
}

TEST(DedupVerdict, IsOfTheUsualChunkSizeOrTheNearest) {
  auto document = document_of("dedup");
  document.tables.push_back(
      {.name = "grids",
       .columns = {{"chunk", "B"},
                   {"zero", "percent"},
                   {"unique", "percent"},
                   {"shared", "percent"},
                   {"stored", "B"},
                   {"stored_share", "percent"}},
       .rows = {{std::int64_t{4096}, 1.0, 2.0, 3.0, std::int64_t{1}, 4.0},
                {std::int64_t{1 << 20}, 11.0, 12.0, 13.0, std::int64_t{5 << 20}, 14.0}}});
  judge(document);
  EXPECT_EQ(document.verdict.state, "measured");
  EXPECT_EQ(document.verdict.text,
            "with chunks of 1.00 MiB a store holds 5.00 MiB, 14.0 % of the images; unique 12.0 %, "
            "shared 13.0 %, zero 11.0 %");
}

TEST(CacheVerdict, NamesTheBestThatCanBeBuilt) {
  auto document = document_of("whatif");
  document.tables.push_back({.name = "miss_ratios",
                             .columns = {{"capacity", "B"},
                                         {"of_all", "percent"},
                                         {"lru", "percent"},
                                         {"arc", "percent"},
                                         {"belady", "percent"}},
                             .rows = {{std::int64_t{1 << 20}, 1.0, 90.0, 80.0, 70.0},
                                      {std::int64_t{12 << 20}, 12.0, 50.0, 40.0, 30.0},
                                      {std::int64_t{100 << 20}, 100.0, 5.0, 5.0, 5.0}}});
  judge(document);
  EXPECT_EQ(document.verdict.text,
            "in a cache of 12.0 MiB, 12.0 % of all objects, arc misses least, 40.0 %, where lru "
            "misses 50.0 %; no policy could miss less than 30.0 %");
  for (auto& row : document.tables[0].rows) row[2] = 1.0;
  judge(document);
  EXPECT_THAT(document.verdict.text, HasSubstr("lru misses least, 1.00 %;"));
  EXPECT_THAT(document.verdict.text, Not(HasSubstr("where")));
}

TEST(ChunkVerdicts, OfNothingAreEmpty) {
  for (const char* mode : {"dedup", "whatif"}) {
    auto document = document_of(mode);
    judge(document);
    EXPECT_EQ(document.verdict.state, "") << mode;
  }
}

}  // namespace
}  // namespace bytepath::verdict
