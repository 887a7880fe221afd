#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "result/document.h"
#include "support/probes.h"
#include "support/process.h"
#include "support/temporary_folder.h"

// probe-compare report as its user runs it.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

result::Document saved(const std::string& tool) {
  result::Document document{.tool = tool, .started = "2026-11-27T00:00:00Z"};
  document.tables = {{.name = "tiers",
                      .title = "Of " + tool,
                      .columns = {{"tier", ""}},
                      .rows = {{std::string("L1")}}}};
  return document;
}

class SavedReports : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("cpu.json", to_json(saved("cpu-probe")));
    folder_.write("tier.json", to_json(saved("tier-probe")));
  }
  Outcome report(Words words) const {
    words.insert(words.begin(), {probe_path("probe-compare"), "report"});
    return run({.arguments = std::move(words)});
  }
  TemporaryFolder folder_;
};

TEST_F(SavedReports, AreOnePageWithALineForEach) {
  const auto outcome = report({folder_.at("cpu.json"), folder_.at("tier.json"), "-o",
                               folder_.at("host.html"), "--json", folder_.at("host.json")});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("2 reports"), HasSubstr("  cpu-probe: "), Not(HasSubstr("Of cpu"))));
  EXPECT_THAT(
      folder_.read("host.html"),
      AllOf(HasSubstr("href=\"#part-1\""), HasSubstr("Of cpu-probe"), HasSubstr("Of tier-probe")));
  const auto whole = result::from_json(folder_.read("host.json"), "host.json");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->parts.size(), 2U);
  EXPECT_THAT(report({folder_.at("cpu.json"), "-v"}).out, HasSubstr("Of cpu-probe"));
}

TEST_F(SavedReports, RefuseWhatIsNoReport) {
  folder_.write("bad.json", "{}");
  const auto bad = report({folder_.at("cpu.json"), folder_.at("bad.json")});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("bad.json: not a bytepath result"), HasSubstr("hint:")));
  EXPECT_EQ(report({folder_.at("none.json")}).status, 2);
  EXPECT_EQ(report({"-", "-"}).status, 2);
  ASSERT_EQ(report({folder_.at("cpu.json"), "--json", folder_.at("host.json")}).status, 0);
  const auto nested = report({folder_.at("host.json")});
  EXPECT_EQ(nested.status, 2);
  EXPECT_THAT(nested.err, HasSubstr("made of several documents itself"));
}

// What a gate on a whole host asks for is found by the probes that it is made of.
TEST_F(SavedReports, FailOnTheFindingsOfTheirPrograms) {
  const std::string affected =
      std::string(BYTEPATH_TEST_DATA) + "/../fuzz/corpus/document_fuzz/affected.json";
  const auto status = [&](const std::string& path, const std::string& pattern) {
    return report({path, folder_.at("cpu.json"), "--fail-on", pattern}).status;
  };
  for (const std::string pattern : {"any", "memcpy.rep-movsb.slow-offset", "memcpy.*"}) {
    EXPECT_EQ(status(affected, pattern), 1) << pattern;
    EXPECT_EQ(status(folder_.at("tier.json"), pattern), 0) << pattern;
  }
  EXPECT_EQ(status(affected, "tier.*"), 0);
  const auto mistyped = report({affected, "--fail-on", "memcpy.rep-movsb.slow-offsets"});
  EXPECT_EQ(mistyped.status, 2);
  EXPECT_THAT(mistyped.err,
              HasSubstr("no finding of any program is 'memcpy.rep-movsb.slow-offsets'"));
}

}  // namespace
}  // namespace bytepath::test
