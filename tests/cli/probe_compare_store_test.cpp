#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/saved_runs.h"

// Baselines in a folder: filed, listed, shown, removed, compared with, and their trend.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Words = std::vector<std::string>;

class Store : public testing::Test {
 protected:
  std::string store() const { return folder_.at("store"); }

  Outcome ask(const std::string& command, Words more = {}) {
    more.insert(more.begin(), {command, "-d", store()});
    return probe_compare(std::move(more));
  }

  void file(const SavedRun& saved, const std::string& commit, const std::string& branch = "main") {
    const auto path = folder_.write("run.json", saved_run(saved));
    const auto outcome = ask("store", {path, "--commit", commit, "--branch", branch});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }

  // Runs of 1, 2, ... November, each with the commit of its number.
  void file_days(std::size_t first, std::size_t last, const SavedRun& saved) {
    for (std::size_t day = first; day <= last; ++day) {
      auto run = saved;
      run.started = fmt::format("2026-11-{:02}T00:00:00Z", day);
      file(run, fmt::format("c{}", day));
    }
  }

  nlohmann::json table(const std::string& command, Words more = {}) {
    more.insert(more.end(), {"--json", "-"});
    const auto outcome = ask(command, std::move(more));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
    return json.is_discarded() ? nlohmann::json() : json["tables"][0]["rows"];
  }

  Words commits(Words more = {}) {
    Words out;
    for (const auto& row : table("list", std::move(more))) out.push_back(row[2]);
    return out;
  }

  TemporaryFolder folder_;
};

TEST_F(Store, FilesARunAsItIs) {
  file({}, "abc123", "feature/x");
  const std::string name = "feature%2Fx/0123456789abcdef/run-probe/20261126T031500Z-abc123.json";
  EXPECT_EQ(folder_.read("store/" + name), folder_.read("run.json"));
  EXPECT_THAT(table("list"), ElementsAre(nlohmann::json{"20261126T031500Z", "feature/x", "abc123",
                                                        "run-probe", "0123456789abcdef", name}));
}

TEST_F(Store, NeedsNoCommitAndReadsAPipe) {
  const auto outcome = probe_compare({"store", "-", "-d", store()}, saved_run({}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(commits(), ElementsAre("none"));
  EXPECT_EQ(folder_.read("store/main/0123456789abcdef/run-probe/20261126T031500Z-none.json"),
            saved_run({}));
}

TEST_F(Store, RefusesWhatIsNoRun) {
  const auto bad = folder_.write("bad.json", "{}");
  expect_refusal(ask("store"), 2, {"no file"});
  expect_refusal(ask("store", {bad}), 3, {bad});
  expect_refusal(ask("store", {folder_.at("none.json")}), 3, {"none.json"});
  const auto good = folder_.write("run.json", saved_run({}));
  expect_refusal(ask("store", {good, "--branch", ".."}), 2, {"'..'"});
  EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(Store, TakesTwoJobsAtOnce) {
  const auto path = folder_.write("run.json", saved_run({}));
  const std::string job = probe_path("probe-compare") + " store -q -d " + store() +
                          " --commit c1 " + path + " >/dev/null || exit 1; ";
  const auto outcome = run({.arguments = {"/bin/sh", "-c",
                                          "(" + job + job + job + job + ") & first=$!; " + job +
                                              job + job + job + "wait $first"}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto rows = table("list");
  ASSERT_THAT(rows, SizeIs(8));
  for (const auto& row : rows)
    EXPECT_EQ(folder_.read("store/" + row[5].get<std::string>()), folder_.read("run.json"));
  std::size_t files = 0;
  for (const auto& each : std::filesystem::recursive_directory_iterator(store()))
    files += each.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 8U) << "an unfinished file was left";
}

TEST_F(Store, IsListedByWhatIsAskedFor) {
  file({.started = "2026-11-02T00:00:00Z"}, "c2");
  file({.started = "2026-11-01T00:00:00Z"}, "c1");
  file({.started = "2026-11-03T00:00:00Z", .machine = "00ff"}, "c3", "other");
  EXPECT_THAT(commits(), ElementsAre("c1", "c2", "c3"));
  EXPECT_THAT(commits({"--branch", "other"}), ElementsAre("c3"));
  EXPECT_THAT(commits({"--machine", "0123456789abcdef"}), ElementsAre("c1", "c2"));
  EXPECT_THAT(commits({"--commit", "c2"}), ElementsAre("c2"));
  EXPECT_THAT(commits({"--suite", "none"}), IsEmpty());
  folder_.write("store/README", "ours\n");
  EXPECT_THAT(ask("list").out, AllOf(HasSubstr("1 other file"), Not(HasSubstr("hypervisor"))));
}

TEST_F(Store, ShowsARun) {
  file({.faults = 1, .started = "2026-11-01T00:00:00Z"}, "c1");
  file({.faults = 77}, "c2");
  EXPECT_THAT(ask("show").out, AllOf(HasSubstr("page-faults"), HasSubstr("77")));
  EXPECT_THAT(ask("show", {"--commit", "c1"}).out, Not(HasSubstr("77")));
  const std::string path = table("list")[0][5];
  EXPECT_EQ(ask("show", {path}).out, ask("show", {"--commit", "c1"}).out);
  expect_refusal(ask("show", {"--commit", "none"}), 3, {"no such run"});
  expect_refusal(ask("show", {"none.json"}), 3, {"none.json"});
}

TEST_F(Store, IsPruned) {
  file_days(1, 5, {});
  file({.started = "2026-11-01T00:00:00Z"}, "o1", "other");
  EXPECT_EQ(table("prune", {"--keep", "2", "--dry-run"}).size(), 3U);
  EXPECT_EQ(commits().size(), 6U);
  EXPECT_EQ(table("prune", {"--keep", "2"}).size(), 3U);
  EXPECT_THAT(commits({"--branch", "main"}), ElementsAre("c4", "c5"));
  file({.started = "2020-01-01T00:00:00Z"}, "old", "other");
  file({.started = "2999-01-01T00:00:00Z"}, "new", "other");
  ask("prune", {"--older-than", "720h", "--branch", "other"});
  const auto left = commits({"--branch", "other"});
  EXPECT_EQ(std::ranges::count(left, "old"), 0);
  EXPECT_EQ(std::ranges::count(left, "new"), 1);
  expect_refusal(ask("prune"), 2, {"nothing says what to remove"});
}

TEST_F(Store, ThatMayNotBeWrittenIsAFailure) {
  const auto now = folder_.write("run.json", saved_run({}));
  expect_refusal(probe_compare({"store", now, "-d", "/proc/store"}), 4,
                 {"cannot store in /proc/store"});
  expect_refusal(probe_compare({"store", now, "-d", now}), 4, {"cannot store in " + now});
}

TEST_F(Store, ThatDoesNotExistIsNamed) {
  for (const char* command : {"list", "show", "history"})
    expect_refusal(ask(command), 3, {"no store", store()});
  expect_refusal(ask("prune", {"--keep", "1"}), 3, {"no store", store()});
  const auto now = folder_.write("run.json", saved_run({}));
  expect_refusal(probe_compare({now, "--store", store()}), 3, {"no store", store()});
}

TEST_F(Store, GivesTheNewestBaselineOfTheBranchAndMachine) {
  file({.faults = 50, .started = "2026-11-01T00:00:00Z"}, "c1");
  file({.faults = 100, .started = "2026-11-02T00:00:00Z"}, "c2");
  file({.faults = 1, .started = "2026-11-03T00:00:00Z"}, "c3", "other");
  file({.faults = 1, .started = "2026-11-04T00:00:00Z", .machine = "00ff"}, "c4");
  const auto now = folder_.write("now.json", saved_run({.faults = 101}));
  const auto compare = [&](const std::string& branch, const std::string& gate) {
    return probe_compare({now, "--store", store(), "--branch", branch, "-g", gate});
  };
  EXPECT_EQ(compare("main", "page-faults:+2%").status, 0);
  EXPECT_EQ(compare("main", "page-faults:+0.5%").status, 1);
  EXPECT_EQ(compare("other", "page-faults:+2%").status, 1);
  expect_refusal(compare("none", "page-faults:+2%"), 3, {"'none'", "0123456789abcdef"});
}

TEST_F(Store, TellsSinceWhichRunTheLevelIsAnother) {
  file_days(1, 6, {});
  file_days(7, 12, {.faults = 120});
  const auto rows = table("history", {"--metric", "page-faults"});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0][3], "20261106T000000Z-c6");
  EXPECT_EQ(rows[0][4], "20261107T000000Z-c7");
  EXPECT_NEAR(rows[0][7].get<double>(), 20, 1e-9);
  EXPECT_THAT(table("history"), IsEmpty()) << "the wall time is the same";
  EXPECT_THAT(table("history", {"--metric", "page-faults", "--step", "50%"}), IsEmpty());
  EXPECT_THAT(ask("history", {"--metric", "page-faults"}).out, HasSubstr("+20.00 %"));
  const auto picture = folder_.at("history.html");
  EXPECT_EQ(ask("history", {"--metric", "page-faults", "-q", "-o", picture}).status, 0);
  EXPECT_TRUE(folder_.read("history.html").contains("20261107T000000Z-c7"));
}

TEST_F(Store, HasNoTrendOfWhatItDoesNotHold) {
  file({}, "c1");
  expect_refusal(ask("history", {"--metric", "cycles"}), 3, {"'cycles'"});
  expect_refusal(ask("history", {"--benchmark", "awk"}), 3, {"'awk'"});
  folder_.write("store/main/0123456789abcdef/run-probe/20261127T000000Z-bad.json", "{");
  const auto outcome = ask("history");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("cut short"));
}

}  // namespace
}  // namespace bytepath::test
