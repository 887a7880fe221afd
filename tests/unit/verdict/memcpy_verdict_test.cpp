#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/copy_documents.h"
#include "verdict/copy_measurements.h"
#include "verdict/judge.h"

// The line to quote and the table of who is hit.
namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;
using test::CopyDocument;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Document judged(Document document) {
  judge(document);
  return document;
}

TEST(Verdict, AffectedNamesTheClassAndWhoIsHit) {
  const auto document = judged(test::affected_host());
  EXPECT_EQ(document.verdict.state, "affected");
  EXPECT_EQ(document.verdict.text,
            "affected: rep movsb takes 25.0x as long when (destination - source) mod 4096 is "
            "1..31; hit: memcpy of 2113 to 524287 bytes and 1 of 2 kernel copies (up to 6.00x)");
}

TEST(Verdict, AffectedInstructionAloneHitsNobodyElse) {
  const auto document =
      judged(CopyDocument{}.sweep("rep-movsb", "instruction", {{1, 15, 25}}).document);
  EXPECT_EQ(document.verdict.state, "affected");
  EXPECT_THAT(document.verdict.text,
              HasSubstr("is 1..15; nothing else measured here is hit by it"));
}

// Less than twofold is a warning, but nobody is called hit by it.
TEST(Verdict, CopiesSlowedByLessThanTwofoldAreNotCalledHit) {
  const auto document = judged(CopyDocument{}
                                   .sweep("rep-movsb", "instruction", {{1, 31, 25}})
                                   .sweep("memcpy", "libc", {{1, 31, 1.8}})
                                   .document);
  EXPECT_THAT(document.verdict.text, HasSubstr("nothing else measured here is hit by it"));
}

TEST(Verdict, AffectedWhenOnlyTheCopiesAreSlow) {
  const auto document = judged(CopyDocument{}
                                   .sweep("rep-movsb", "instruction", {})
                                   .sweep("pread", "syscall", {{1, 31, 5}}, 16384)
                                   .document);
  EXPECT_EQ(document.verdict.state, "affected");
  EXPECT_THAT(document.verdict.text, HasSubstr("no severe slow offset of rep movsb"));
  EXPECT_THAT(document.verdict.text, HasSubstr("1 of 1 kernel copies (up to 5.00x)"));
}

TEST(Verdict, MildlyAffectedBelowTheSevereFactor) {
  const auto document = judged(CopyDocument{}
                                   .sweep("rep-movsb", "instruction", {})
                                   .sweep("memcpy", "libc", {{1, 31, 3}})
                                   .document);
  EXPECT_EQ(document.verdict.state, "mildly-affected");
  EXPECT_THAT(document.verdict.text, testing::StartsWith("mildly affected: "));
  EXPECT_THAT(document.verdict.text, testing::EndsWith("memcpy"));
}

// A finding of the instruction beside a line that calls it fast would be a contradiction.
TEST(Verdict, MildlyAffectedWhenOnlyTheInstructionIsMildlySlow) {
  const auto document =
      judged(CopyDocument{}.sweep("rep-movsb", "instruction", {{1, 31, 3}}).document);
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_EQ(document.verdict.state, "mildly-affected");
  EXPECT_THAT(document.verdict.text, HasSubstr("rep movsb takes 3.00x as long"));
}

TEST(Verdict, NotAffectedSaysWhatWasMeasured) {
  EXPECT_EQ(judged(test::clean_host()).verdict.text,
            "not affected: rep movsb is about as fast at every offset, and so are the C library's "
            "and the kernel's copies that were measured");
  const auto alone = judged(CopyDocument{}.sweep("rep-movsb", "instruction", {}).document);
  EXPECT_EQ(alone.verdict.state, "not-affected");
  EXPECT_EQ(alone.verdict.text, "not affected: rep movsb is about as fast at every offset");
}

// As on Intel processors backwards and off by less than 8 bytes.
TEST(Verdict, NotAffectedDoesNotDenyAFindingOfRepMovsq) {
  const auto document =
      judged(CopyDocument{}
                 .sweep("rep-movsb", "instruction", {})
                 .sweep("rep-movsq", "instruction", {{4001, 4031, 8}, {4033, 4095, 8.5}})
                 .document);
  EXPECT_EQ(document.verdict.state, "not-affected");
  EXPECT_EQ(
      document.verdict.text,
      "not affected: rep movsb is about as fast at every offset; but rep movsq, by which musl "
      "copies, takes up to 8.50x as long at some");
  const auto mild = judged(CopyDocument{}
                               .sweep("rep-movsb", "instruction", {})
                               .sweep("rep-movsq", "instruction", {{1, 31, 3}})
                               .document);
  EXPECT_THAT(mild.verdict.text, testing::EndsWith("at every offset"));
}

TEST(Verdict, NotKnownWithoutASweepOfRepMovsb) {
  EXPECT_EQ(judged({.tool = "memcpy-probe"}).verdict.state, "not-known");
  auto few = test::affected_host();
  few.series.front().points.resize(7);
  EXPECT_EQ(judged(few).verdict.state, "not-known");
  const auto other = judged(CopyDocument{}.sweep("memcpy", "libc", {{1, 31, 20}}).document);
  EXPECT_EQ(other.verdict.state, "not-known");
  EXPECT_THAT(other.findings, Not(IsEmpty()));
}

// One slow round among fast ones: neither a finding nor a line that says affected.
TEST(Verdict, AnUncertainRatioIsNoEvidence) {
  const auto document = judged(CopyDocument{}
                                   .sweep("rep-movsb", "instruction", {{1, 31, 25}})
                                   .ratio("rep-movsb", "instruction", 8, 25, 1.0, 30)
                                   .document);
  EXPECT_THAT(document.findings, IsEmpty());
  EXPECT_EQ(document.verdict.state, "not-affected");
}

TEST(WhoIsHit, HasARowForEachSlowCopy) {
  const auto document = judged(test::affected_host());
  ASSERT_FALSE(document.tables.empty());
  const auto& table = document.tables.front();
  EXPECT_EQ(table.name, "who_is_hit");
  ASSERT_EQ(table.rows.size(), 3U);
  const std::vector<Value> memcpy_row = {std::string("memcpy"),
                                         std::string("1..31"),
                                         std::int64_t{2113},
                                         std::int64_t{524287},
                                         20.0,
                                         19.0,
                                         21.0};
  EXPECT_EQ(table.rows[1], memcpy_row);
  EXPECT_EQ(cell(table, table.rows[0], "who"), Value(std::string("rep-movsb")));
  EXPECT_EQ(cell(table, table.rows[0], "size_first"), Value{});
  EXPECT_EQ(cell(table, table.rows[2], "who"), Value(std::string("pread")));
}

TEST(WhoIsHit, LeavesOutWhatOnlyThisProgramRuns) {
  auto document = CopyDocument{}.sweep("avx2", "vector", {{1, 31, 9}}).document;
  judge(document);
  EXPECT_EQ(find_table(document, "who_is_hit"), nullptr);
}

TEST(WhoIsHit, AnOpenWindowHasNoLastSize) {
  auto document = CopyDocument{}
                      .sweep("rep-movsb", "instruction", {{1, 31, 25}})
                      .window("rep-movsb", 128, 1048576, false, true)
                      .document;
  judge(document);
  const auto& table = document.tables.front();
  EXPECT_EQ(cell(table, table.rows[0], "size_first"), Value(std::int64_t{128}));
  EXPECT_EQ(cell(table, table.rows[0], "size_last"), Value{});
}

TEST(WhoIsHit, IsAbsentOnACleanHost) {
  EXPECT_EQ(find_table(judged(test::clean_host()), "who_is_hit"), nullptr);
}

TEST(Judge, TwiceIsTheSame) {
  auto document = test::affected_host();
  judge(document);
  const std::string once = to_json(document);
  judge(document);
  EXPECT_EQ(to_json(document), once);
}

TEST(Judge, ForgetsWhatAnOlderRuleSaid) {
  auto document = test::clean_host();
  document.findings.push_back({.id = "memcpy.old.rule", .severity = result::Severity::finding});
  document.verdict = {.state = "affected", .text = "old"};
  document.tables.push_back({.name = "who_is_hit"});
  judge(document);
  EXPECT_THAT(document.findings, IsEmpty());
  EXPECT_EQ(document.verdict.state, "not-affected");
  EXPECT_EQ(find_table(document, "who_is_hit"), nullptr);
}

TEST(Judge, LeavesOtherToolsDocumentsAlone) {
  auto document = test::affected_host();
  document.tool = "another-probe";
  judge(document);
  EXPECT_THAT(document.findings, IsEmpty());
  EXPECT_EQ(document.verdict.state, "");
}

TEST(FormatWindow, SaysWhichEndsAreOpenOrNotExact) {
  const KnownWindow known{.first = 2113, .last = 524287, .exact = true};
  EXPECT_EQ(format_window(known), "2113 to 524287 bytes");
  KnownWindow window = known;
  window.exact = false;
  EXPECT_EQ(format_window(window), "about 2113 to 524287 bytes");
  window = known;
  window.open_below = true;
  EXPECT_EQ(format_window(window), "2113 to 524287 bytes");
  window.open_above = true;
  EXPECT_EQ(format_window(window), "every size measured (2113 to 524287 bytes)");
  window.open_below = false;
  EXPECT_EQ(format_window(window), "2113 bytes and more");
}

}  // namespace
}  // namespace bytepath::verdict
