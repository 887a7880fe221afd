#include "verdict/mount_rules.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "result/document_parts.h"
#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;
using testing::HasSubstr;

Document report() {
  Document document;
  document.tool = "chunk-probe";
  document.parameters["mode"] = std::string("report");
  document.parameters["grid"] = std::int64_t{524'288};
  const auto add = [&](const char* name, double value) {
    document.metrics.push_back(result::single_metric(name, {}, value, "ns", result::Better::lower));
  };
  add("wall", 1e9);
  add("stall", 5e8);
  add("serial_rounds", 10);
  document.tables = {
      {.name = "ladder",
       .columns = {{"step", ""}, {"where", ""}, {"bytes", "B"}, {"once", "B"}},
       .rows = {{std::string("touched"), std::string("a"), std::int64_t{100'000}, Value()},
                {std::string("mapped"), std::string("a"), std::int64_t{900'000}, Value()},
                {std::string("read"), std::string("b"), std::int64_t{1'000'000}, Value()},
                {std::string("fetched"), std::string("up"), std::int64_t{1'100'000}, Value()}}},
      {.name = "stall",
       .columns = {{"what", ""}, {"time", "ns"}, {"of_wall", "percent"}},
       .rows = {{std::string("of it for metadata"), 1e8, 10.0}}},
      {.name = "requests",
       .columns = {{"request", ""}, {"count", ""}},
       .rows = {{std::string("READ"), std::int64_t{100}},
                {std::string("LOOKUP"), std::int64_t{7}}}},
      {.name = "opens",
       .columns = {{"mount", ""},
                   {"opens", ""},
                   {"drop_the_cache", ""},
                   {"direct", ""},
                   {"passthrough", ""},
                   {"read_again", "B"}},
       .rows = {{std::string("b"), std::int64_t{5}, std::int64_t{0}, std::int64_t{0},
                 std::int64_t{0}, std::int64_t{0}}}}};
  return document;
}

result::Table& table(Document& document, std::string_view name) {
  return *std::ranges::find(document.tables, name, &result::Table::name);
}

std::vector<std::string> findings(Document document) {
  judge(document);
  std::vector<std::string> ids;
  for (const auto& finding : document.findings) ids.push_back(finding.id);
  return ids;
}

TEST(MountRules, SumUpAStart) {
  Document document = report();
  judge(document);
  EXPECT_EQ(document.verdict.state, "stalled");
  EXPECT_THAT(document.verdict.text, HasSubstr("50.0 % of 1.00 s"));
  EXPECT_THAT(document.verdict.text, HasSubstr("100 READs"));
  EXPECT_TRUE(document.findings.empty());
}

TEST(MountRules, SayThatTheCacheIsDropped) {
  Document document = report();
  table(document, "opens").rows[0][2] = std::int64_t{4};
  judge(document);
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_EQ(document.findings[0].id, "chunks.cache-dropped");
  EXPECT_EQ(document.findings[0].severity, result::Severity::note);
  table(document, "opens").rows[0][5] = std::int64_t{1'000'000};
  judge(document);
  EXPECT_EQ(document.findings[0].severity, result::Severity::finding);
}

TEST(MountRules, SayWhatIsFetchedTooMuch) {
  Document document = report();
  table(document, "ladder").rows[3][2] = std::int64_t{2'000'000};
  EXPECT_THAT(findings(document), testing::ElementsAre("chunks.over-fetch"));
  table(document, "ladder").rows[3][2] = std::int64_t{1'999'999};
  EXPECT_TRUE(findings(document).empty());
}

TEST(MountRules, SayWhatIsReadAgain) {
  Document document = report();
  table(document, "ladder").rows[2][3] = std::int64_t{900'000};
  EXPECT_THAT(findings(document), testing::ElementsAre("chunks.read-again"));
}

TEST(MountRules, SayThatReadaheadBringsTooMuch) {
  Document document = report();
  table(document, "ladder").rows[1][2] = std::int64_t{400'000};
  EXPECT_THAT(findings(document), testing::ElementsAre("chunks.excess-readahead"));
}

TEST(MountRules, SayThatMetadataIsWhatIsWaitedFor) {
  Document document = report();
  table(document, "stall").rows[0][1] = 2.6e8;
  EXPECT_THAT(findings(document), testing::ElementsAre("chunks.metadata-bound"));
  document.metrics[1].median = 9e7;  // 9 % of the wall time: not worth a remedy
  EXPECT_TRUE(findings(document).empty());
}

TEST(MountRules, SayThatReadsGoOutOneAfterTheOther) {
  Document document = report();
  document.metrics[2].median = 75;
  EXPECT_THAT(findings(document), testing::ElementsAre("chunks.serial-rounds"));
}

TEST(MountRules, SayThatReadaheadIsShorterThanAChunk) {
  Document document = report();
  document.tables.push_back(
      {.name = "mounts",
       .columns = {{"path", ""}, {"type", ""}, {"readahead", "B"}},
       .rows = {{std::string("/m"), std::string("fuse.x"), std::int64_t{131'072}}}});
  document.tables.push_back(
      {.name = "read_sizes",
       .columns = {{"from", "B"}, {"to", "B"}, {"requests", ""}},
       .rows = {{std::int64_t{131'072}, std::int64_t{262'143}, std::int64_t{60}}}});
  EXPECT_THAT(findings(document), testing::ElementsAre("chunks.short-readahead"));
}

TEST(MountRules, SayWhatIsHidden) {
  Document document = report();
  table(document, "opens").rows[0][3] = std::int64_t{2};
  table(document, "opens").rows[0][4] = std::int64_t{1};
  EXPECT_THAT(findings(document),
              testing::UnorderedElementsAre("chunks.passthrough", "chunks.direct-io"));
}

TEST(MountRules, SayWhatWasLostAndWhatFailed) {
  Document document = report();
  document.parameters["lost_events"] = std::int64_t{3};
  document.parameters["exit_code"] = std::int64_t{127};
  EXPECT_THAT(findings(document),
              testing::UnorderedElementsAre("chunks.lost-events", "chunks.command-failed"));
}

TEST(MountRules, AreSilentAboutOtherDocuments) {
  Document document = report();
  document.parameters["mode"] = std::string("whatif");
  judge(document);
  EXPECT_TRUE(document.findings.empty());
  EXPECT_TRUE(document.verdict.text.empty());
}

TEST(MountRules, NameWhatAMountIsMadeOf) {
  Document document;
  document.tool = "chunk-probe";
  document.parameters["mode"] = std::string("stack");
  document.parameters["mount"] = std::string("/m");
  document.tables = {{.name = "mounts",
                      .columns = {{"type", ""}, {"reached_by", ""}},
                      .rows = {{std::string("erofs"), std::string()},
                               {std::string("fuse.x"), std::string("image file /i")}}}};
  judge(document);
  EXPECT_EQ(document.verdict.text, "/m is erofs on fuse.x (by image file /i)");
}

}  // namespace
}  // namespace bytepath::verdict
