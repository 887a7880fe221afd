#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/saved_runs.h"

// Which files probe-compare reads, and how it refuses the others.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string recorded = BYTEPATH_TEST_DATA "/compare/";

// One benchmark as hyperfine writes it.
std::string hyperfine(const std::string& times, const std::string& command = "grep") {
  return R"({"results": [{"command": ")" + command + R"(", "times": )" + times + "}]}";
}

std::string google(double pages, const std::string& unit = "us") {
  nlohmann::json file = {{"context", {{"num_cpus", 2}}}, {"benchmarks", nlohmann::json::array()}};
  for (int i = 0; i < 12; ++i) {
    file["benchmarks"].push_back({{"name", "copy/4096"},
                                  {"run_name", "copy/4096"},
                                  {"run_type", "iteration"},
                                  {"repetition_index", i},
                                  {"iterations", 1000},
                                  {"real_time", 5.0},
                                  {"cpu_time", 5.0},
                                  {"time_unit", unit},
                                  {"pages", pages}});
  }
  return file.dump();
}

TEST(Input, OfHyperfineIsRead) {
  const auto file = recorded + "hyperfine.json";
  const auto same = probe_compare({file, file});
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_THAT(same.out, AllOf(HasSubstr("head -c 1 /dev/zero"), HasSubstr("wall"),
                              HasSubstr("names no host")));
  expect_refusal(probe_compare({file}), 3, {file, "not measured in pairs"});
  // Five runs make no interval.
  const auto few = probe_compare({file, file, "-g", "wall:+5%", "--allow-unpaired"});
  EXPECT_EQ(few.status, 3);
  EXPECT_THAT(few.out, HasSubstr("needs at least 7 samples of each"));
}

TEST(Input, OfGoogleBenchmarkIsReadWithItsUnitsAndCounters) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", google(1));
  EXPECT_EQ(probe_compare({base, folder.write("more.json", google(2)), "-g", "pages:+5%"}).status,
            1);
  const auto slow = folder.write("slow.json", google(1, "ms"));
  EXPECT_EQ(probe_compare({base, slow, "-g", "pages:+5%"}).status, 0);
  const auto outcome = probe_compare({base, slow, "-g", "wall:+5%", "--allow-unpaired"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("+99900.0 %"));
  expect_refusal(probe_compare({base, folder.at("more.json"), "-g", "pages:+5%", "--confirm"}), 3,
                 {"more.json", "does not say how to measure it again"});
  const auto aggregates = recorded + "google_benchmark_aggregates.json";
  expect_refusal(probe_compare({base, aggregates}), 3, {aggregates, "aggregates"});
}

TEST(Input, OfAnotherProbeIsReadByItsMetrics) {
  const TemporaryFolder folder;
  auto document = saved_document({});
  document.tool = "memcpy-probe";
  document.metrics = {metric_of_runs("copy_ratio", "ratio", {{"kernel", "rep-movsb"}},
                                     std::vector<double>(16, 1.0))};
  const auto base = folder.write("base.json", to_json(document));
  document.metrics.front() = metric_of_runs("copy_ratio", "ratio", {{"kernel", "rep-movsb"}},
                                            std::vector<double>(16, 25.0));
  const auto slow = folder.write("slow.json", to_json(document));
  EXPECT_EQ(probe_compare({base, slow, "-g", "copy_ratio@kernel=rep-movsb:+50%"}).status, 1);
}

TEST(Input, IsTakenFromAPipeToo) {
  const TemporaryFolder folder;
  write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.2");
  EXPECT_EQ(probe_compare({"-", "-g", "wall:+5%"}, folder.read("run.json")).status, 1);
  const auto base = folder.write("base.json", saved_run({}));
  EXPECT_EQ(probe_compare({base, "-", "-g", "page-faults:+1%"}, saved_run({.faults = 200})).status,
            1);
  expect_refusal(probe_compare({"-", "-"}, saved_run({})), 2, {"standard input", "twice"});
  expect_refusal(probe_compare({"-"}, ""), 3, {"standard input", "empty"});
}

TEST(Input, OfTheWrongNumberOfFilesIsRefused) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", saved_run({}));
  expect_refusal(probe_compare({}), 2, {"0 files"});
  expect_refusal(probe_compare({base, base, base}), 2, {"3 files"});
  expect_refusal(probe_compare({base, base, "--branch", "main"}), 2, {"--branch"});
  expect_refusal(probe_compare({base, base, "--suite", "cli"}), 2, {"--suite"});
  expect_refusal(probe_compare({base, base, "--store", folder.path()}), 2, {"--store"});
}

TEST(Input, ThatIsMissingIsRefused) {
  const TemporaryFolder folder;
  const auto good = folder.write("good.json", saved_run({}));
  expect_refusal(probe_compare({folder.at("none.json")}), 3,
                 {folder.at("none.json"), "No such file"});
  expect_refusal(probe_compare({good, folder.at("none.json")}), 3, {folder.at("none.json")});
  expect_refusal(probe_compare({folder.path()}), 3, {folder.path(), "Is a directory"});
}

TEST(Input, ThatIsNoResultIsRefusedWithItsReason) {
  const TemporaryFolder folder;
  const auto good = folder.write("good.json", saved_run({}));
  const std::string whole = folder.read("good.json");
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"", "the file is empty"},
      {" \n", "the file is empty"},
      {whole.substr(0, whole.size() / 2), "cut short after line"},
      {std::string("\x7f"
                   "ELF\0\xff",
                   6),
       "not JSON"},
      {"sleep 0.1: 100 ms\n", "not JSON: unexpected 's' at line 1, column 1"},
      {R"({"hello": "w\xffrld"})", "not JSON"},
      {deep, "nested deeper"},
      {"[1, 2]", "holds no benchmark results: it is an array"},
      {R"({"report": 1, "version": 2})", "has the keys 'report', 'version'"},
      {R"({"results": 5})", "'results' is a number and not an array"},
      {R"({"results": []})", "there is no benchmark in it"},
      {R"({"context": {}, "benchmarks": []})", "there is no benchmark in it"},
      {R"({"results": [{"mean": 1}]})", "there is no 'command'"},
      {hyperfine("\"fast\""), "'times' is a string"},
      {hyperfine("[0.1, NaN]"), "a NaN or an infinity at line 1"},
      {hyperfine("[1e999]"), "too large"},
      {hyperfine("[null, null]"), "no time is a number"},
      {hyperfine("[0, 0, 0]"), "every time is 0"},
      {hyperfine("[-1, -2]"), "times are negative"},
      {R"({"results": [{"command": "a", "times": [1]}, {"command": "a", "times": [1]}]})",
       "are both named 'a'"},
  };
  for (const auto& [content, reason] : bad) {
    const auto path = folder.write("bad.json", content);
    SCOPED_TRACE(reason);
    expect_refusal(probe_compare({path}), 3, {path, reason});
    expect_refusal(probe_compare({good, path}), 3, {path, reason});
  }
}

TEST(Input, OfANewerSchemaIsRefused) {
  const TemporaryFolder folder;
  auto newer = saved_run({});
  const std::string version = "schema_version\": \"";
  newer.replace(newer.find(version) + version.size(), 1, "9");
  const auto path = folder.write("newer.json", newer);
  const auto outcome = probe_compare({path, path});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err,
              AllOf(StartsWith("probe-compare: "), HasSubstr("newer.json"), HasSubstr("9.")));
}

TEST(Input, WithoutSomeTimesIsComparedByTheOthersAndSaysSo) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", hyperfine("[1, 1, 1, 1, 1, 1, 1, 1]"));
  const auto gaps = folder.write("gaps.json", hyperfine("[null, 0, 1, 1, 1, 1, 1, 1, 1, 1]"));
  const auto outcome = probe_compare({base, gaps, "-g", "wall:+5%", "--allow-unpaired"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("2 of 18 samples left out"), StartsWith("passed")));
}

TEST(Input, WithTerminalEscapesDoesNotReachTheTerminal) {
  const TemporaryFolder folder;
  const std::string name = R"(\u001b[2J\u0007evil)";
  const auto path = folder.write("evil.json", hyperfine("[1, 1, 1]", name));
  const auto compared = probe_compare({path, path});
  EXPECT_EQ(compared.status, 0);
  EXPECT_EQ(compared.out.find('\x1b'), std::string::npos);
  const auto twice = folder.write("twice.json", R"({"results": [{"command": ")" + name +
                                                    R"(", "times": [1]}, {"command": ")" + name +
                                                    R"(", "times": [1]}]})");
  EXPECT_EQ(probe_compare({twice}).err.find('\x1b'), std::string::npos);
}

TEST(Input, OfAnInterruptedRunIsComparedAndNamed) {
  const TemporaryFolder folder;
  auto document = saved_document({});
  document.complete = false;
  const auto path = folder.write("partial.json", to_json(document));
  const auto outcome = probe_compare({path, path, "-g", "page-faults:+0"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("that run was interrupted"));
}

}  // namespace
}  // namespace bytepath::test
