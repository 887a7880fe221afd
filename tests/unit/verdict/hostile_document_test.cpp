#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <limits>

#include "support/copy_documents.h"
#include "verdict/judge.h"
#include "verdict/offset_classes.h"

// --replay takes any file: whatever fits the document's types must be judged without a crash. Under
// the sanitizers these say more.
namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;
using test::CopyDocument;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Document judged(Document document) {
  judge(document);
  return document;
}

TEST(HostileDocument, LabelsMayBeMissingOrWords) {
  auto document = test::affected_host();
  CopyDocument ratios;
  ratios.ratio("rep-movsb", "instruction", 8, 25, 24, 26);
  document.metrics = ratios.document.metrics;
  for (auto& series : document.series) series.labels["size"] = "-1e99x";
  for (auto& metric : document.metrics) metric.labels["offset"] = "";
  EXPECT_EQ(judged(document).verdict.state, "affected");
  for (auto& series : document.series) series.labels.clear();
  for (auto& metric : document.metrics) metric.labels.clear();
  EXPECT_EQ(judged(document).verdict.state, "not-known");
}

TEST(HostileDocument, CellsMayHaveAnyType) {
  const std::vector<Value> values = {Value{}, true,         std::int64_t{-1},
                                     1e300,   not_a_number, std::string("x")};
  for (const char* name : {"size_windows", "against", "remedy_trials", "who_is_hit"}) {
    for (const auto& value : values) {
      auto document = test::affected_host();
      std::erase_if(document.tables, [&](const auto& table) { return table.name == name; });
      CopyDocument made{.document = document};
      auto& table = made.table(name, {"kernel", "size_first", "size_last", "open_above", "setting",
                                      "helps", "differs", "change", "before"});
      table.rows.push_back(std::vector<Value>(table.columns.size(), value));
      EXPECT_EQ(judged(made.document).verdict.state, "affected") << name;
    }
  }
}

TEST(HostileDocument, TablesMayLackEveryColumn) {
  for (const char* name : {"size_windows", "against", "remedy_trials"}) {
    auto document = test::affected_host();
    document.tables.clear();
    document.tables.push_back({.name = name, .rows = {{}, {}}});
    EXPECT_EQ(judged(document).verdict.state, "affected") << name;
  }
}

TEST(HostileDocument, ParametersMayHaveAnyType) {
  auto document = test::affected_host();
  document.parameters["variant.memcpy"] = std::int64_t{7};
  EXPECT_EQ(judged(document).findings.size(), 3U);
}

// What is no time at an offset of the page does not count; the rest still does.
TEST(HostileDocument, PointsThatAreNoTimesAreLeftOut) {
  auto document = test::affected_host();
  auto& points = document.series.front().points;
  for (const double bad : {not_a_number, std::numeric_limits<double>::infinity(), -1.0, 0.0}) {
    points.push_back({.x = 100, .median = bad, .count = 16});
    points.push_back({.x = bad, .median = bad, .count = 16});
  }
  for (const double x : {not_a_number, -1.0, 4096.0, 1e300}) {
    points.push_back({.x = x, .median = 1, .count = 16});
  }
  const auto found = find_offset_classes(points);
  ASSERT_EQ(found.classes.size(), 1U);
  EXPECT_EQ(format_offsets(found.classes[0]), "1..31");
  EXPECT_EQ(judged(document).verdict.state, "affected");
}

TEST(HostileDocument, NothingButNaNIsNotKnown) {
  auto document = test::affected_host();
  for (auto& point : document.series.front().points) point.median = not_a_number;
  EXPECT_EQ(judged(document).verdict.state, "not-known");
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// More points than a page has offsets, spread over every number there is, would take gigabytes.
TEST(HostileDocument, ExtremePointsAreJudgedInLittleMemory) {
  std::vector<result::Point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back(
        {.x = static_cast<double>(i % 4096), .median = i % 2 == 0 ? 1e-100 : 1e100, .count = 16});
  }
  const long before = peak_kib();
  EXPECT_GE(find_offset_classes(points).baseline, 0);
  EXPECT_LT(peak_kib() - before, 64L << 10U);
}

TEST(HostileDocument, OneOffsetAloneIsNoCurve) {
  const std::vector<result::Point> points(50, {.x = 8, .median = 10, .count = 16});
  EXPECT_TRUE(find_offset_classes(points).classes.empty());
}

}  // namespace
}  // namespace bytepath::verdict
