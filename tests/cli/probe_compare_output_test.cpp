#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "support/saved_runs.h"

// What probe-compare writes, and whether others can read it.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Words = std::vector<std::string>;

Outcome shell(const std::string& line) { return run({.arguments = {"/bin/sh", "-c", line}}); }

class Outputs : public testing::Test {
 protected:
  void SetUp() override { pairs_ = write_pairs(folder_, "run.json", "sleep 0.1", "sleep 0.2"); }

  Outcome failing(Words more) {
    more.insert(more.begin(), {pairs_, "--gate", "wall:+5%"});
    return probe_compare(std::move(more));
  }

  TemporaryFolder folder_;
  std::string pairs_;
};

TEST_F(Outputs, AreAsManyAsWanted) {
  Words words = {"-q"};
  const Words suffixes = {"txt", "md", "xml", "csv", "json", "ndjson", "prom", "html", "github"};
  for (const auto& suffix : suffixes) {
    words.emplace_back("-o");
    words.push_back(folder_.at("report." + suffix));
  }
  const auto outcome = failing(words);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out + outcome.err, "");
  EXPECT_EQ(folder_.names().size(), suffixes.size() + 1);
  std::vector<std::string> empty;
  for (const auto& name : folder_.names())
    if (folder_.read(name).empty()) empty.push_back(name);
  EXPECT_THAT(empty, testing::IsEmpty());
}

TEST_F(Outputs, AreInTheFormatOfTheirSuffix) {
  failing({"-q", "-o", folder_.at("report.txt"), "-o", folder_.at("report.csv"), "-o",
           folder_.at("report.html")});
  EXPECT_THAT(folder_.read("report.txt"), StartsWith("failed: 1 of 1 gate"));
  EXPECT_THAT(folder_.read("report.csv"), HasSubstr("table,comparisons"));
  EXPECT_TRUE(folder_.read("report.html").starts_with("<!DOCTYPE html>"));
}

TEST_F(Outputs, OfJunitAreXmlWithAFailureForTheGate) {
  failing({"-q", "-o", folder_.at("report.xml")});
  const auto counted = shell(
      "python3 -c \"import sys, xml.dom.minidom as m; d = m.parse(sys.argv[1]); "
      "print([len(d.getElementsByTagName(n)) for n in ('testsuite', 'failure')])\" " +
      folder_.at("report.xml"));
  EXPECT_EQ(counted.status, 0) << counted.err;
  EXPECT_EQ(counted.out, "[1, 1]\n");
}

TEST_F(Outputs, OfOpenMetricsAreReadByPromtool) {
  failing({"-q", "-o", folder_.at("report.prom")});
  EXPECT_THAT(folder_.read("report.prom"), EndsWith("# EOF\n"));
  if (shell("command -v promtool").status != 0) GTEST_SKIP() << "promtool is not installed";
  const auto checked = shell("promtool check metrics < " + folder_.at("report.prom"));
  // 3: it only advises on names.
  EXPECT_TRUE(checked.status == 0 || checked.status == 3) << checked.err;
}

TEST_F(Outputs, OfMarkdownBeginWithTheMarkerAndTheVerdict) {
  failing({"-q", "-o", folder_.at("report.md"), "--name", "speed"});
  EXPECT_THAT(folder_.read("report.md"),
              AllOf(StartsWith("<!-- bytepath:probe-compare:speed -->\n"),
                    HasSubstr("**failed: 1 of 1 gate: head wall +100.0 %"), HasSubstr("<details>"),
                    HasSubstr("| head | wall | 100 ms | 200 ms |")));
}

TEST_F(Outputs, OfJsonHoldTheTable) {
  const auto json = nlohmann::json::parse(failing({"--json", "-"}).out, nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["verdict"]["state"], "failed");
  EXPECT_EQ(json["tables"][0]["name"], "comparisons");
  const auto& row = json["tables"][0]["rows"][0];
  EXPECT_EQ(row[0], "head");
  EXPECT_EQ(row[1], "wall");
  EXPECT_NEAR(row[4].get<double>(), 100, 1e-9);
}

TEST_F(Outputs, ForGithubAreAnnotations) {
  const auto outcome = failing({"--github", "-q", "-o", folder_.at("report.md")});
  EXPECT_THAT(outcome.out, AllOf(StartsWith("::error title=probe-compare::failed: 1 of 1 gate"),
                                 HasSubstr("+100.0 %25"), Not(HasSubstr("% "))));
  EXPECT_EQ(outcome.status, 1);
}

TEST_F(Outputs, AreAppendedToTheSummaryOfAJob) {
  const auto summary = folder_.write("summary.md", "# Tests\n");
  for (int time = 0; time < 2; ++time) failing({"-q", "--append-markdown", summary});
  const auto text = folder_.read("summary.md");
  EXPECT_THAT(text, StartsWith("# Tests\n"));
  const auto first = text.find("**failed: ");
  EXPECT_NE(text.find("**failed: ", first + 1), std::string::npos);
}

TEST_F(Outputs, AreMadeAgainFromTheJson) {
  const auto json = folder_.at("compared.json");
  const auto first = failing({"-o", json, "--format", "markdown"});
  const auto again = probe_compare({"--replay", json, "--format", "markdown"});
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(again.out, first.out);
}

TEST_F(Outputs, ThatCannotBeWrittenAreAFailureWithNothingHalfWritten) {
  const auto nowhere = folder_.at("no/report.md");
  const auto outcome = failing({"-q", "-o", nowhere});
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, AllOf(StartsWith("probe-compare: "), HasSubstr(nowhere)));
  const auto summary = failing({"-q", "--append-markdown", nowhere});
  EXPECT_EQ(summary.status, 4);
  EXPECT_THAT(summary.err, HasSubstr(nowhere));
  EXPECT_EQ(failing({"-q", "--append-markdown", "/dev/full"}).status, 4);
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"run.json"}));
  EXPECT_EQ(
      run({.arguments = {probe_path("probe-compare"), pairs_}, .output_path = "/dev/full"}).status,
      4);
}

TEST_F(Outputs, OfAnUnknownSuffixAreRefused) {
  EXPECT_EQ(failing({"-o", folder_.at("report.jsn")}).status, 2);
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"run.json"}));
}

TEST(Recipe, ThatTheReadmeNamesIsThere) {
  const std::string top = BYTEPATH_TEST_DATA "/../..";
  const auto read = [&](const std::string& path) {
    std::ifstream file(top + "/" + path);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const auto workflow = read(".github/examples/benchmark.yml");
  ASSERT_NE(workflow, "");
  EXPECT_THAT(workflow,
              AllOf(HasSubstr("run-probe -N --pairs"), HasSubstr("probe-compare run.json --gate")));
  EXPECT_THAT(read("README.md"), HasSubstr("(.github/examples/benchmark.yml)"));
}

TEST_F(Outputs, FailOnNamesFindings) {
  EXPECT_EQ(probe_compare({pairs_}).status, 0);
  EXPECT_EQ(probe_compare({pairs_, "--fail-on", "compare.regression"}).status, 1);
  EXPECT_EQ(probe_compare({pairs_, "--fail-on", "compare.improvement"}).status, 0);
  EXPECT_EQ(probe_compare({pairs_, "--fail-on", "compare.regresion"}).status, 2);
}

}  // namespace
}  // namespace bytepath::test
