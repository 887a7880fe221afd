#include "verdict/ratio_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/copy_documents.h"
#include "verdict/copy_measurements.h"
#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Value;
using test::CopyDocument;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Document with_ratio(double median, double low, double high) {
  return CopyDocument{}.ratio("memcpy", "libc", 8, median, low, high).document;
}

Document judged(const Document& before, Document now) {
  auto table = compare_ratios(before, now);
  EXPECT_TRUE(table);
  if (table) now.tables.push_back(*std::move(table));
  judge(now);
  return now;
}

TEST(CompareRatios, PutsTheSameCopiesSideBySide) {
  const auto table = compare_ratios(with_ratio(20, 19, 21), with_ratio(2, 1.9, 2.1));
  ASSERT_TRUE(table);
  EXPECT_EQ(table->name, "against");
  EXPECT_THAT(table->title, HasSubstr("2026-11-23T07:00:00Z"));
  const std::vector<Value> row = {
      std::string("memcpy"), std::int64_t{4096}, std::int64_t{8}, 20.0, 2.0, 0.1, true};
  ASSERT_THAT(table->rows, SizeIs(1));
  EXPECT_EQ(table->rows[0], row);
}

TEST(CompareRatios, LeavesOutWhatOnlyOneRunHas) {
  const auto before = CopyDocument{}
                          .ratio("memcpy", "libc", 8, 20, 19, 21)
                          .ratio("memcpy", "libc", 16, 20, 19, 21)
                          .ratio("memcpy", "libc", 24, 0, 0, 0)
                          .document;
  const auto now = CopyDocument{}
                       .ratio("memcpy", "libc", 8, 20, 19, 21)
                       .ratio("memcpy", "libc", 8, 20, 19, 21, 256)
                       .ratio("memcpy", "libc", 24, 20, 19, 21)
                       .ratio("memmove", "libc", 8, 20, 19, 21)
                       .document;
  const auto table = compare_ratios(before, now);
  ASSERT_TRUE(table);
  EXPECT_THAT(table->rows, SizeIs(1));
}

TEST(CompareRatios, RefusesRunsWithNothingInCommon) {
  const auto table = compare_ratios(
      with_ratio(20, 19, 21), CopyDocument{}.ratio("pread", "syscall", 8, 6, 5, 7, 16384).document);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().kind, ErrorKind::usage);
  EXPECT_THAT(table.error().message, HasSubstr("no copy in common"));
  EXPECT_FALSE(compare_ratios({.tool = "memcpy-probe"}, {.tool = "memcpy-probe"}));
}

TEST(CompareRatios, RefusesAnotherToolsDocument) {
  auto before = with_ratio(20, 19, 21);
  before.tool = "cpu-probe";
  const auto table = compare_ratios(before, with_ratio(20, 19, 21));
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().kind, ErrorKind::usage);
  EXPECT_THAT(table.error().message, HasSubstr("one of cpu-probe, not of memcpy-probe"));
}

TEST(Against, SameRatiosAreNoFinding) {
  EXPECT_THAT(judged(with_ratio(20, 19, 21), with_ratio(20.5, 19, 22)).findings, IsEmpty());
}

// Either alone is not enough: intervals apart by a little, medians apart within the noise.
TEST(Against, NeedsBothDistanceAndCertainty) {
  EXPECT_THAT(judged(with_ratio(20, 19.9, 20.1), with_ratio(25, 24.9, 25.1)).findings, IsEmpty());
  EXPECT_THAT(judged(with_ratio(20, 10, 35), with_ratio(40, 30, 50)).findings, IsEmpty());
}

TEST(Against, SlowerIsAFindingWithItsEvidence) {
  const auto document = judged(with_ratio(2, 1.9, 2.1), with_ratio(20, 19, 21));
  ASSERT_THAT(document.findings, SizeIs(1));
  const auto& finding = document.findings[0];
  EXPECT_EQ(finding.id, "memcpy.against.slower");
  EXPECT_EQ(finding.severity, Severity::finding);
  EXPECT_EQ(finding.text,
            "memcpy of 4096 bytes at offset 8 was 2.00x of the fast offset, is 20.0x");
  EXPECT_EQ(finding.evidence, (result::Record{{"kernel", std::string("memcpy")},
                                              {"size", std::int64_t{4096}},
                                              {"offset", std::int64_t{8}},
                                              {"before", 2.0},
                                              {"now", 20.0}}));
}

TEST(Against, FasterIsANote) {
  const auto document = judged(with_ratio(20, 19, 21), with_ratio(2, 1.9, 2.1));
  ASSERT_THAT(document.findings, SizeIs(1));
  EXPECT_EQ(document.findings[0].id, "memcpy.against.faster");
  EXPECT_EQ(document.findings[0].severity, Severity::note);
}

}  // namespace
}  // namespace bytepath::verdict
