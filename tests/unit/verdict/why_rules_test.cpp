#include "verdict/why_rules.h"

#include <gtest/gtest.h>

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;

Document explained(const std::string& cause, const Value& what, const Value& image, bool explains,
                   const Value& more = {}) {
  Document document;
  document.tool = "run-probe";
  result::Table table{.name = "explanation", .title = {}, .columns = {}, .rows = {{}}};
  const auto add = [&](const char* name, Value value) {
    table.columns.push_back({name, ""});
    table.rows[0].push_back(std::move(value));
  };
  add("slower", std::string("./shifted"));
  add("faster", std::string("./aligned"));
  add("explains", explains);
  add("cause", cause);
  add("what", what);
  add("image", image);
  add("difference", 2e6);
  add("share", 95.0);
  add("sigma", 12.0);
  add("more", more);
  add("instruction", std::string("rep movsb"));
  add("distances", std::string("d = 8 in 100 %"));
  document.tables.push_back(std::move(table));
  return document;
}

void add_ratio(Document& document, const char* offset, double ratio) {
  document.metrics.push_back({.name = "copy_ratio",
                              .labels = {{"kernel", "rep-movsb"}, {"offset", offset}},
                              .median = ratio,
                              .samples = {}});
}

TEST(JudgeWhy, NamesTheCopyWithItsRemedyWhereThisHostIsSlowThereToo) {
  auto document = explained("copy", std::string("_copy_to_iter"), std::string("[kernel]"), true);
  add_ratio(document, "8", 22.0);
  add_ratio(document, "64", 1.0);
  judge_why(document);
  ASSERT_EQ(document.findings.size(), 1U);
  const auto& finding = document.findings[0];
  EXPECT_EQ(finding.id, "run.why.copy");
  EXPECT_EQ(finding.severity, result::Severity::finding);
  EXPECT_NE(finding.text.find("95 % of the time that ./shifted takes more than ./aligned is one "
                              "instruction, rep movsb, in _copy_to_iter"),
            std::string::npos)
      << finding.text;
  EXPECT_NE(finding.text.find("d = 8 in 100 %"), std::string::npos);
  ASSERT_FALSE(finding.remedies.empty());
  EXPECT_NE(finding.remedies[0].text.find("(buffer - file offset)"), std::string::npos)
      << "what reaches the kernel";
}

TEST(JudgeWhy, BlamesNoCopyOfTheKernelThatTheCensusDidNotSee) {
  for (const bool seen : {true, false}) {
    auto document = explained("copy", std::string("_copy_to_iter"), std::string("[kernel]"), true);
    add_ratio(document, "8", 22.0);
    document.metrics.push_back({.name = "slow_copied_share",
                                .labels = {{"benchmark", "./shifted"}},
                                .median = seen ? 99.0 : 2.0,
                                .samples = {}});
    judge_why(document);
    ASSERT_EQ(document.findings.size(), 1U);
    EXPECT_EQ(document.findings[0].severity,
              seen ? result::Severity::finding : result::Severity::note);
  }
}

TEST(JudgeWhy, NeedsTheSecondEvidenceToBlameACopy) {
  auto alone = explained("copy", std::string("memcpy"), std::string("/lib/libc.so.6"), true);
  auto fast = alone;
  add_ratio(fast, "8", 1.1);
  add_ratio(fast, "64", 9.0);  // of another class
  for (auto* document : {&alone, &fast}) {
    judge_why(*document);
    ASSERT_EQ(document->findings.size(), 1U);
    EXPECT_EQ(document->findings[0].severity, result::Severity::note);
    EXPECT_TRUE(document->findings[0].remedies.empty());
  }
}

TEST(JudgeWhy, SpeaksOfFaultsCallsAndWaiting) {
  const auto text = [](Document document) {
    judge_why(document);
    return document.findings.empty() ? ""
                                     : document.findings[0].id + ": " + document.findings[0].text;
  };
  EXPECT_EQ(text(explained("page faults", {}, {}, true, 1000.0)),
            "run.why.page-faults: 95 % of the time that ./shifted takes more than ./aligned is "
            "page faults: 1000 of them more a run, 2.00 us each");
  EXPECT_EQ(text(explained("system calls", std::string("getppid"), {}, true, 4000.0)),
            "run.why.system-calls: 95 % of the time that ./shifted takes more than ./aligned is "
            "system calls: 4000 calls of getppid more a run, 500 ns each");
  EXPECT_EQ(text(explained("waiting", std::string("futex"), {}, true)),
            "run.why.waiting: 95 % of the time that ./shifted takes more than ./aligned is waiting "
            "in futex");
  EXPECT_EQ(text(explained("function", std::string("parse"), std::string("/bin/a"), true)),
            "run.why.function: 95 % of the time that ./shifted takes more than ./aligned is in "
            "parse of /bin/a, most of it at rep movsb");
}

TEST(JudgeWhy, SaysWhenNothingExplainsEnough) {
  auto document = explained("function", std::string("parse"), std::string("/bin/a"), false);
  judge_why(document);
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_EQ(document.findings[0].id, "run.why.unexplained");
  EXPECT_EQ(document.findings[0].severity, result::Severity::note);
  Document without;
  judge_why(without);
  EXPECT_TRUE(without.findings.empty());
}

}  // namespace
}  // namespace bytepath::verdict
