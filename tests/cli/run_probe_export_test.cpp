#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "result/document.h"
#include "support/run_probe.h"

// The files that run-probe writes.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

Words keys_of(const nlohmann::json& object) {
  Words keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(RunProbeJson, HasTheKeysOfHyperfineAndOneMore) {
  const auto session = session_json({"-N", "-r3", "-L", "b", "x", "-L", "a", "y", "echo {a}"});
  EXPECT_EQ(keys_of(session), (Words{"bytepath", "results"}));
  const auto& result = session["results"][0];
  EXPECT_EQ(keys_of(result),
            (Words{"command", "exit_codes", "max", "mean", "median", "memory_usage_byte", "min",
                   "parameters", "stddev", "system", "times", "user"}));
  EXPECT_EQ(result["command"], "echo y");
  EXPECT_EQ(result["parameters"], (nlohmann::json{{"a", "y"}, {"b", "x"}}));
}

TEST(RunProbeJson, HasAValueOfEachRun) {
  const auto session = session_json({"-N", "-r3", "true"});
  const auto& result = session["results"][0];
  for (const char* each : {"times", "memory_usage_byte", "exit_codes"}) {
    EXPECT_EQ(result[each].size(), 3U) << each;
  }
  EXPECT_GT(result["memory_usage_byte"][0], 0);
  EXPECT_LE(result["min"], result["median"]);
  EXPECT_LE(result["median"], result["max"]);
}

TEST(RunProbeJson, OfOneRunHasNoDeviation) {
  const auto session = session_json({"-N", "-r1", "true"});
  EXPECT_TRUE(session["results"][0]["stddev"].is_null());
  EXPECT_EQ(keys_of(session["results"][0]).size(), 11U) << "parameters where there are none";
}

TEST(RunProbeJson, HasTimesInSecondsWhateverTheUnit) {
  const auto text =
      pretend({"-u", "microsecond", "--style=none", "--export-json", "-", "sleep 1.5"}).out;
  EXPECT_EQ(json_of(text)["results"][0]["times"][0], 1.5);
}

TEST(RunProbeJson, HoldsTheSameRunsInItsDocument) {
  const auto session = session_json({"-N", "--pairs", "4", "true", "echo"});
  for (const std::size_t i : {0U, 1U}) {
    const auto& result = session["results"][i];
    const auto number = std::to_string(i + 1);
    EXPECT_EQ(metric_of(session, "wall", number)["samples"], result["times"]);
    EXPECT_EQ(metric_of(session, "max_rss", number)["samples"], result["memory_usage_byte"]);
    EXPECT_EQ(metric_of(session, "start", number)["count"], 4);
  }
}

TEST(RunProbeJson, HoldsADocumentOfOurs) {
  const auto session = session_json({"-N", "-r1", "true"});
  const auto document = result::from_json(session["bytepath"].dump(), "bytepath");
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->tool, "run-probe");
  EXPECT_TRUE(document->complete);
}

TEST(RunProbeJson, TakesWordsOfAnyBytes) {
  const auto session = session_json({"-N", "-r1", "-n", "a\"b\\\n\xff\x01 {}", "true"});
  EXPECT_THAT(session["results"][0]["command"].get<std::string>(), StartsWith("a\"b\\\n"));
}

TEST(RunProbeExport, WritesEveryFormatToItsFile) {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> formats = {
      {"json", "{\n  \"results\": [\n"},
      {"csv", "command,mean,stddev,median,user,system,min,max,parameter_n\necho 1,"},
      {"markdown", "| Command | Mean ["},
      {"asciidoc", "[cols=\"<,>,>,>,>\"]\n|===\n"},
      {"orgmode", "| Command  |  Mean ["}};
  Words arguments = {"-N", "-r2", "-P", "n", "1", "2", "echo {n}"};
  for (const auto& [name, beginning] : formats) {
    arguments.insert(arguments.begin(), {"--export-" + name, name});
  }
  const auto outcome = run_probe(arguments, {.directory = folder.path()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const auto& [name, beginning] : formats) {
    EXPECT_THAT(folder.read(name), AllOf(StartsWith(beginning), HasSubstr("echo 2")));
  }
  EXPECT_EQ(folder.names().size(), formats.size());
}

TEST(RunProbeExport, KeepsWhatWasMeasuredBeforeAFailure) {
  const TemporaryFolder folder;
  const auto outcome = run_probe(
      {"-N", "-r1", "--export-markdown", "r.md", "--export-json", "r.json", "true", "false"},
      {.directory = folder.path()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(folder.read("r.md"), HasSubstr("`true`"));
  EXPECT_EQ(json_of(folder.read("r.json"))["results"].size(), 1U);
}

// A pipe cannot take back what was written after the first benchmark.
TEST(RunProbeExport, WritesAPipeOnceAtTheEnd) {
  const TemporaryFolder folder;
  const auto outcome =
      run({.arguments = {"/bin/sh", "-c",
                         "mkfifo pipe; cat pipe >read & \"$1\" --style none -N -r2 "
                         "--export-json pipe true echo >printed && wait && \"$1\" "
                         "--style none -q -N -r2 --export-json /dev/stdout true echo | "
                         "cat >stdout",
                         "sh", probe_path("run-probe")},
           .directory = folder.path(),
           .limit = std::chrono::seconds(30)});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(json_of(folder.read("read"))["results"].size(), 2U);
  EXPECT_EQ(json_of(folder.read("stdout"))["results"].size(), 2U);
}

TEST(RunProbeExport, LeavesAnOldFileAloneUntilThereIsANewOne) {
  const TemporaryFolder folder;
  folder.write("r.json", "old");
  EXPECT_EQ(
      run_probe({"-N", "-r1", "--export-json", "r.json", "false"}, {.directory = folder.path()})
          .status,
      1);
  EXPECT_EQ(folder.read("r.json"), "old");
  EXPECT_EQ(folder.names(), std::set<std::string>{"r.json"});
}

TEST(RunProbeExport, ThatThisUserMayNotWriteIsRefusedFirst) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become a user who may not write";
  const TemporaryFolder folder;
  const auto copy = folder.at("run-probe");
  std::filesystem::copy_file(probe_path("run-probe"), copy);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const auto outcome =
      run({.arguments = {copy, "-N", "--export-json", folder.at("r.json"), "true"}, .user = 65534});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("r.json': Permission denied"));
}

TEST(RunProbeReport, IsAFileInTheFormatOfItsSuffix) {
  const TemporaryFolder folder;
  Words arguments = {"-N", "--pairs", "6", "true", "echo"};
  const std::vector<std::pair<std::string, std::string>> formats = {
      {"r.json", R"("schema": "bytepath.result")"},
      {"r.html", "<html"},
      {"r.xml", "<testsuite"},
      {"r.md", "run-probe"},
      {"r.csv", "comparisons"},
      {"r.prom", "# EOF"},
      {"r.txt", "Comparisons"}};
  for (const auto& [name, text] : formats) arguments.insert(arguments.end(), {"--report", name});
  const auto outcome = run_probe(arguments, {.directory = folder.path()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const auto& [name, text] : formats) EXPECT_THAT(folder.read(name), HasSubstr(text)) << name;
}

TEST(RunProbeReport, OnStandardOutputIsAlone) {
  const auto outcome = run_probe({"-N", "--pairs", "3", "--format", "json", "true", "echo"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto document = result::from_json(outcome.out, "-");
  ASSERT_TRUE(document) << outcome.out.substr(0, 400);
  EXPECT_EQ(document->tool, "run-probe");
}

TEST(RunProbeReport, IsReplayedFromItsOwnJsonAndFromTheExport) {
  const TemporaryFolder folder;
  const auto outcome = run_probe({"-N", "--pairs", "6", "--report", "own.json", "--export-json",
                                  "hyperfine.json", "-n", "first", "-n", "second", "true", "echo"},
                                 {.directory = folder.path()});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  for (const char* name : {"own.json", "hyperfine.json"}) {
    const auto text = run_probe({"--replay", folder.at(name)});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("second"));
    EXPECT_THAT(text.out, HasSubstr("Comparisons"));
    EXPECT_EQ(text.err, "");
    const auto json = run_probe({"--replay", folder.at(name), "--format", "json"});
    EXPECT_TRUE(result::from_json(json.out, name)) << json.out.substr(0, 400);
  }
}

TEST(RunProbeReport, DecidesTheStatusByFailOn) {
  const auto status = [](Words arguments) {
    arguments.insert(arguments.begin(), {"--compare", "sleep 1", "sleep 2"});
    return pretend(arguments).status;
  };
  EXPECT_EQ(status({}), 0);
  EXPECT_EQ(status({"--fail-on", "run.regression"}), 1);
  EXPECT_EQ(status({"--fail-on", "any"}), 1);
  EXPECT_EQ(status({"--fail-on", "run.improvement"}), 0);
  EXPECT_EQ(status({"--fail-on", "run.no-such"}), 2);
}

}  // namespace
}  // namespace bytepath::test
