#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Document document_of(const std::string& mode) {
  Document document;
  document.tool = "tier-probe";
  document.parameters["mode"] = mode;
  return document;
}

void add_times(Document& document, const result::Labels& labels, int count, std::uint64_t ns) {
  stats::Histogram times;
  for (int i = 0; i < count; ++i) times.add(ns);
  document.histograms.push_back(
      {.name = "tier_latency", .labels = labels, .unit = "ns", .histogram = times});
}

std::vector<std::string> findings_of(const Document& document) {
  std::vector<std::string> ids;
  for (const auto& finding : document.findings) ids.push_back(finding.id);
  return ids;
}

TEST(TraceVerdict, IsTheShareOfEachTierOfAccessesBytesAndTime) {
  auto document = document_of("trace");
  add_times(document, {{"tier", "page cache"}}, 67, 10);
  add_times(document, {{"tier", "block device"}}, 33, 60);
  add_times(document, {{"tier", "page cache"}, {"way", "read"}}, 67, 10);
  judge(document);
  EXPECT_EQ(document.verdict.text,
            "page cache 67.0 %, block device 33.0 % of 100 accesses; 25.3 %, 74.7 % of 2.65 us");
  EXPECT_THAT(document.findings, IsEmpty());
  document.tables.push_back({.name = "tiers",
                             .columns = {{"tier", ""}, {"bytes", "B"}},
                             .rows = {{std::string("block device"), std::int64_t{1024}},
                                      {std::string("page cache"), std::int64_t{3072}}}});
  judge(document);
  EXPECT_THAT(document.verdict.text,
              HasSubstr(" of 100 accesses; 75.0 %, 25.0 % of 4 KiB; 25.3 %, "));
}

TEST(TraceVerdict, SaysThatNothingWasRead) {
  auto document = document_of("trace");
  document.parameters["exit_code"] = std::int64_t{3};
  document.parameters["lost_events"] = std::int64_t{5};
  judge(document);
  EXPECT_EQ(document.verdict.text, "no file was read");
  EXPECT_THAT(findings_of(document),
              ElementsAre("tier.trace.lost-events", "tier.trace.command-failed"));
}

TEST(IoVerdict, NamesTheSharesAndWhatTheyTookInEachWay) {
  auto document = document_of("io");
  add_times(document, {{"tier", "page cache"}, {"engine", "pread"}, {"state", "warm"}}, 50, 10);
  add_times(document, {{"tier", "block device"}, {"engine", "pread"}, {"state", "cold"}}, 50, 60);
  add_times(document, {{"tier", "page cache"}, {"engine", "mmap"}, {"state", "warm"}}, 100, 20);
  add_times(document,
            {{"tier", "page cache"}, {"engine", "mmap"}, {"state", "warm"}, {"time", "response"}},
            100, 50);
  judge(document);
  EXPECT_EQ(document.verdict.text,
            "page cache 75.0 %, block device 25.0 %; half of each within: pread 10.0 ns, 60.0 ns; "
            "mmap 20.0 ns, n/a");
}

TEST(IoFindings, SayThatTiersWereGuessed) {
  auto document = document_of("io");
  add_times(document, {{"tier", "page cache"}, {"engine", "pread"}, {"state", "warm"}}, 50, 10);
  document.tables.push_back({.name = "tiers_pread_warm",
                             .columns = {{"tier", ""}, {"evidence", ""}},
                             .rows = {{std::string("page cache"), std::string("guessed")}}});
  judge(document);
  EXPECT_THAT(findings_of(document), ElementsAre("tier.io.guessed"));
  EXPECT_THAT(document.verdict.text, HasSubstr("guessed: page cache"));
}

TEST(IoFindings, SayThatAnOpenLoopWaits) {
  auto document = document_of("io");
  document.parameters["rate"] = 1000.0;
  result::Labels labels{{"tier", "block device"}, {"engine", "pread"}, {"state", "cold"}};
  add_times(document, labels, 1000, 60'000);
  labels["time"] = "response";
  add_times(document, labels, 1000, 61'000);
  judge(document);
  EXPECT_THAT(document.findings, IsEmpty());
  add_times(document, labels, 1000, 600'000);
  judge(document);
  ASSERT_THAT(findings_of(document), ElementsAre("tier.io.queueing"));
  EXPECT_EQ(document.findings[0].severity, result::Severity::finding);
  // It kept up in the end: something else came between, or they came at once.
  document.metrics.push_back({.name = "reached_rate",
                              .labels = {{"engine", "pread"}, {"state", "cold"}},
                              .unit = "1/s",
                              .median = 999});
  judge(document);
  EXPECT_EQ(document.findings[0].severity, result::Severity::note);
}

TEST(IoFindings, SayWhatTakesPagesAway) {
  auto document = document_of("io");
  document.parameters["damon"] = std::string();
  document.parameters["memory_pressure_us"] = std::int64_t{500};
  judge(document);
  EXPECT_THAT(document.findings, IsEmpty());
  document.parameters["damon"] = std::string("pageout");
  judge(document);
  ASSERT_THAT(findings_of(document), ElementsAre("tier.io.evicted"));
  EXPECT_THAT(document.findings[0].text, HasSubstr("DAMON (pageout)"));
}

TEST(IoFindings, SayThatLabelsOrTheStartAreNotWhatTheyShouldBe) {
  auto document = document_of("io");
  const auto add = [&](const char* name, const char* with, double value) {
    document.metrics.push_back({.name = name,
                                .labels = {{"engine", "mmap"}, {"state", "cold"}, {"with", with}},
                                .unit = "percent",
                                .median = value});
  };
  add("label_agreement", "mincore", 99.95);
  add("label_agreement", "backing", 99.2);
  add("resident_before", "", 0.2);
  judge(document);
  EXPECT_THAT(document.findings, IsEmpty());
  add("label_agreement", "mincore", 99.5);
  add("resident_before", "", 30);
  judge(document);
  EXPECT_THAT(findings_of(document), ElementsAre("tier.io.labels-differ", "tier.io.not-cold"));
}

}  // namespace
}  // namespace bytepath::verdict
