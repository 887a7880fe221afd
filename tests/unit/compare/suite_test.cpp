#include "compare/suite.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/temporary_folder.h"

namespace bytepath::compare {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Suite read(std::string_view text) {
  auto suite = read_suite(text, "run.json");
  EXPECT_TRUE(suite) << (suite ? "" : suite.error().message);
  return suite ? std::move(*suite) : Suite{};
}

Suite load(const std::string& name) {
  auto suite = load_suite(std::string(BYTEPATH_TEST_DATA) + "/compare/" + name);
  EXPECT_TRUE(suite) << (suite ? "" : suite.error().message);
  return suite ? std::move(*suite) : Suite{};
}

std::string refusal(std::string_view text) {
  const auto suite = read_suite(text, "run.json");
  if (suite) return "was read";
  EXPECT_EQ(suite.error().kind, ErrorKind::unsupported) << suite.error().message;
  return suite.error().message;
}

// {"results": [...]} of hyperfine.
std::string hyperfine(const std::string& results) { return R"({"results": [)" + results + "]}"; }

std::string timed(const std::string& times) {
  return hyperfine(R"({"command": "a", "times": )" + times + "}");
}

const Measured& metric(const Suite& suite, std::size_t benchmark, std::string_view name) {
  static const Measured none;
  if (benchmark >= suite.benchmarks.size()) return none;
  for (const auto& one : suite.benchmarks[benchmark].metrics) {
    if (one.metric == name) return one;
  }
  ADD_FAILURE() << "no metric " << name;
  return none;
}

std::vector<std::string> names(const Suite& suite) {
  std::vector<std::string> out;
  for (const auto& benchmark : suite.benchmarks) out.push_back(benchmark.name);
  return out;
}

using Names = std::vector<std::string>;
using Samples = std::vector<double>;

TEST(KindOfUnit, TellsWhatAValueHangsOn) {
  for (const char* unit : {"s", "ms", "us", "ns", "min", "cycles", "cycles/B", "Hz", "B/s", "1/s"})
    EXPECT_EQ(kind_of_unit(unit), Kind::time) << unit;
  for (const char* unit : {"ratio", "x", "percent", "%"})
    EXPECT_EQ(kind_of_unit(unit), Kind::ratio) << unit;
  for (const char* unit : {"", "B", "pages"}) EXPECT_EQ(kind_of_unit(unit), Kind::count) << unit;
}

// hyperfine

TEST(Hyperfine, AMeasuredFileGivesEachTimeInItsOrder) {
  const auto suite = load("hyperfine.json");
  EXPECT_EQ(suite.format, "hyperfine");
  EXPECT_FALSE(suite.paired);
  EXPECT_EQ(names(suite), (Names{"head -c 1 /dev/zero", "head -c 2 /dev/zero"}));
  const auto& wall = metric(suite, 0, "wall");
  EXPECT_EQ(wall.unit, "s");
  EXPECT_EQ(wall.kind, Kind::time);
  EXPECT_EQ(wall.better, result::Better::lower);
  EXPECT_EQ(wall.samples,
            (Samples{0.004874641, 0.005489848, 0.009073197, 0.006786228, 0.006040753}));
  EXPECT_EQ(wall.median, 0.006040753);
  EXPECT_EQ(wall.low, 0.004874641);
  EXPECT_EQ(wall.high, 0.009073197);
  EXPECT_EQ(wall.count, 5U);
}

TEST(Hyperfine, ProcessorTimesAreMeansWithoutSamples) {
  const auto suite = load("hyperfine.json");
  EXPECT_EQ(metric(suite, 0, "user").median, 0.0036733999999999994);
  EXPECT_EQ(metric(suite, 0, "system").median, 0.0011622);
  EXPECT_TRUE(metric(suite, 0, "system").samples.empty());
  EXPECT_EQ(metric(suite, 0, "system").count, 0U);
}

TEST(Hyperfine, MemoryIsACountOfBytes) {
  const auto suite = read(hyperfine(
      R"({"command": "a", "times": [1, 2, 3], "memory_usage_byte": [4096, 8192, 8192]})"));
  EXPECT_EQ(metric(suite, 0, "max_rss").samples, (Samples{4096, 8192, 8192}));
  EXPECT_EQ(metric(suite, 0, "max_rss").kind, Kind::count);
  EXPECT_EQ(metric(suite, 0, "max_rss").unit, "B");
}

TEST(Hyperfine, WithoutTimesTheMedianIsTakenAndNothingWasCounted) {
  const auto suite =
      read(hyperfine(R"({"command": "a", "median": 2, "min": 1, "max": 5, "times": null})"));
  const auto& wall = metric(suite, 0, "wall");
  EXPECT_EQ(wall.median, 2);
  EXPECT_EQ(wall.low, 1);
  EXPECT_EQ(wall.high, 5);
  EXPECT_EQ(wall.count, 0U);
}

TEST(Hyperfine, OnlyCommandsThatOccurAgainAreNamedWithTheirParameters) {
  const auto suite = read(hyperfine(
      R"({"command": "make", "times": [1], "parameters": {"b": "x", "a": 1}},
         {"command": "make", "times": [1], "parameters": {"b": "y", "a": 1}},
         {"command": "ls", "times": [1], "parameters": {"b": "y"}})"));
  EXPECT_EQ(names(suite), (Names{"make (a = 1, b = x)", "make (a = 1, b = y)", "ls"}));
}

TEST(Hyperfine, TheSameNameTwiceIsRefusedWithTheWayOut) {
  const auto suite = read_suite(hyperfine(R"({"command": "a", "times": [1]},
                                             {"command": "b", "times": [1]},
                                             {"command": "a", "times": [1]})"),
                                "run.json");
  ASSERT_FALSE(suite);
  EXPECT_EQ(suite.error().message, "run.json: results 1 and 3 are both named 'a'");
  EXPECT_EQ(suite.error().hint, "give them names with --command-name");
}

TEST(Hyperfine, TimesThatAreNoneAreLeftOutAndCounted) {
  const auto suite = read(timed("[0.5, null, -1, 0, 0.25]"));
  EXPECT_EQ(metric(suite, 0, "wall").samples, (Samples{0.5, 0, 0.25}));
  EXPECT_EQ(metric(suite, 0, "wall").left_out, 2U);
  EXPECT_EQ(metric(suite, 0, "wall").median, 0.25);
}

// Google Benchmark

TEST(GoogleBenchmark, RepetitionsAreTheSamplesOfOneBenchmark) {
  const auto suite = load("google_benchmark.json");
  EXPECT_EQ(suite.format, "google-benchmark");
  EXPECT_EQ(suite.started, "2026-11-26T03:05:02+00:00");
  // `refused` ended with an error.
  EXPECT_EQ(names(suite), (Names{"copy/4096/min_time:0.010", "copy/65536/min_time:0.010",
                                 "fill/min_time:0.010", "odd/min_time:0.010/real_time/threads:2"}));
  const auto& wall = metric(suite, 0, "wall");
  ASSERT_EQ(wall.samples.size(), 3U);  // no aggregates
  EXPECT_DOUBLE_EQ(wall.samples[0], 36.217803546942179e-9);
  EXPECT_DOUBLE_EQ(wall.samples[1], 39.160641085115500e-9);
  EXPECT_DOUBLE_EQ(wall.samples[2], 37.592296880405236e-9);
  EXPECT_DOUBLE_EQ(wall.median, 37.592296880405236e-9);
  EXPECT_EQ(wall.unit, "s");
  EXPECT_DOUBLE_EQ(metric(suite, 0, "cpu").samples[1], 39.161406346056225e-9);
}

TEST(GoogleBenchmark, TimesAreOfTheirUnit) {
  const auto suite = load("google_benchmark.json");
  EXPECT_DOUBLE_EQ(metric(suite, 2, "wall").samples[0], 8.2729605055512877e-6);    // ms
  EXPECT_DOUBLE_EQ(metric(suite, 3, "wall").samples[0], 0.058151589509661712e-6);  // us
}

TEST(GoogleBenchmark, RatesAreBetterHigherAndCountersLower) {
  const auto suite = load("google_benchmark.json");
  const auto& bytes = metric(suite, 0, "bytes_per_second");
  EXPECT_EQ(bytes.better, result::Better::higher);
  EXPECT_EQ(bytes.kind, Kind::time);
  EXPECT_EQ(metric(suite, 0, "items_per_second").better, result::Better::higher);
  const auto& pages = metric(suite, 1, "pages");
  EXPECT_EQ(pages.samples, (Samples{16, 16, 16}));
  EXPECT_EQ(pages.better, result::Better::lower);
  EXPECT_EQ(pages.kind, Kind::count);
  EXPECT_EQ(suite.benchmarks[0].metrics.size(), 5U);  // the bookkeeping is no metric
  EXPECT_EQ(suite.benchmarks[2].metrics.size(), 2U);
}

std::string google(const std::string& entries) {
  return R"({"context": {"date": "d"}, "benchmarks": [)" + entries + "]}";
}

TEST(GoogleBenchmark, ACounterNamedLikeATimeIsNotMixedWithIt) {
  const auto suite = read(google(R"({"name": "f", "real_time": 2, "time_unit": "s", "wall": 7})"));
  EXPECT_EQ(metric(suite, 0, "wall").samples, Samples{2});
  EXPECT_EQ(metric(suite, 0, "wall (counter)").samples, Samples{7});
}

TEST(GoogleBenchmark, TheNumberOfRepetitionsIsNotPartOfAName) {
  const auto suite = read(google(R"({"name": "f/8/repeats:20/threads:2", "real_time": 2})"));
  EXPECT_EQ(names(suite), Names{"f/8/threads:2"});
}

TEST(GoogleBenchmark, ARepetitionWithAnErrorIsCountedAsLeftOut) {
  const auto suite = read(google(R"({"name": "f", "real_time": 2},
                                    {"name": "f", "real_time": 0, "error_occurred": true})"));
  EXPECT_EQ(metric(suite, 0, "wall").samples, Samples{2e-9});
  EXPECT_EQ(metric(suite, 0, "wall").left_out, 1U);
}

TEST(GoogleBenchmark, NothingButAggregatesIsRefusedWithTheWayOut) {
  const auto suite =
      load_suite(std::string(BYTEPATH_TEST_DATA) + "/compare/google_benchmark_aggregates.json");
  ASSERT_FALSE(suite);
  EXPECT_EQ(suite.error().kind, ErrorKind::unsupported);
  EXPECT_TRUE(suite.error().message.contains("aggregates")) << suite.error().message;
  EXPECT_EQ(suite.error().hint, "leave out --benchmark_report_aggregates_only");
}

TEST(GoogleBenchmark, BadEntriesAreRefusedEachForItsReason) {
  EXPECT_EQ(refusal(google(R"({"name": "f", "error_occurred": true, "error_message": "no disk"})")),
            "run.json: every benchmark ended with an error, the first: 'no disk'");
  EXPECT_EQ(refusal(google(R"({"name": "f", "real_time": 1, "time_unit": "h"})")),
            "run.json: benchmark 1: the time unit 'h' is not known");
  EXPECT_EQ(refusal(google(R"({"name": "f", "real_time": "1"})")),
            "run.json: benchmark 1: 'real_time' is a string and not a number");
  EXPECT_EQ(refusal(google(R"({"name": "f"})")), "run.json: benchmark 1: there is no 'real_time'");
  EXPECT_EQ(refusal(google(R"({"real_time": 1})")),
            "run.json: benchmark 1: there is neither 'run_name' nor 'name'");
  EXPECT_EQ(refusal(google("7")), "run.json: benchmark 1: it is a number and not an object");
  EXPECT_EQ(refusal(google(R"({"name": "f", "real_time": 1, "family_index": 0},
                              {"name": "f", "real_time": 1, "family_index": 1})")),
            "run.json: benchmark 2: another benchmark is named 'f' too");
  EXPECT_EQ(refusal(google("")), "run.json: there is no benchmark in it");
  EXPECT_EQ(refusal(R"({"context": {}, "benchmarks": 1})"),
            "run.json: 'benchmarks' is a number and not an array");
}

// Documents

result::Metric measured(std::string name, result::Labels labels, Samples samples,
                        std::string unit = "s") {
  return {.name = std::move(name),
          .labels = std::move(labels),
          .unit = std::move(unit),
          .better = result::Better::lower,
          .median = nan,
          .low = nan,
          .high = nan,
          .count = result::max_samples + 1,  // so that the samples are what counts
          .samples = std::move(samples)};
}

result::Document session(const std::string& order) {
  result::Document document;
  document.tool = "run-probe";
  document.started = "2026-11-26T03:15:00Z";
  document.arguments = {"run-probe", "old", "new"};
  document.host.machine_hash = "feed";
  document.parameters = {{"order", order},
                         {"reference", std::int64_t{2}},
                         {"stopping", std::string("anytime")},
                         {"directory", std::string("/src")}};
  document.metrics = {
      measured("wall", {{"benchmark", "new"}, {"number", "1"}}, {1, nan, 3, 4}),
      measured("page-faults", {{"benchmark", "new"}, {"number", "1"}}, {70, 71, 70, 70}, ""),
      measured("wall", {{"benchmark", "old"}, {"number", "2"}}, {2, 4, 6, 8}),
      measured("wall", {{"benchmark", "old"}, {"number", "2"}, {"again", "true"}}, {4, 8, 12, 16}),
      measured("change", {{"benchmark", "new"}, {"metric", "wall"}}, {1, 1}, "ratio")};
  return document;
}

std::string wrapped(const result::Document& document, const std::string& results = "") {
  return R"({"results": [)" + results + R"(], "bytepath": )" + result::to_json(document) + "}";
}

TEST(RunProbe, APairedRunKeepsEachSampleInItsRound) {
  const auto suite = read(wrapped(session("paired")));
  EXPECT_EQ(suite.format, "bytepath");
  EXPECT_EQ(suite.tool, "run-probe");
  EXPECT_EQ(suite.started, "2026-11-26T03:15:00Z");
  EXPECT_EQ(suite.host.machine_hash, "feed");
  EXPECT_EQ(suite.arguments, (Names{"run-probe", "old", "new"}));
  EXPECT_EQ(suite.directory, "/src");
  EXPECT_TRUE(suite.paired);
  EXPECT_EQ(suite.reference, 1U);
  EXPECT_EQ(suite.stopping, stats::Stopping::anytime);
  EXPECT_EQ(names(suite), (Names{"new", "old"}));
  const auto& wall = metric(suite, 0, "wall");
  ASSERT_EQ(wall.samples.size(), 4U);
  EXPECT_TRUE(std::isnan(wall.samples[1]));
  EXPECT_EQ(wall.samples[2], 3);
  EXPECT_EQ(wall.left_out, 1U);
  EXPECT_EQ(wall.count, 3U);
  EXPECT_EQ(wall.median, 3);
  EXPECT_EQ(metric(suite, 0, "page-faults").kind, Kind::count);
  EXPECT_EQ(suite.benchmarks[0].metrics.size(), 2U);
}

TEST(RunProbe, TheReferencesCopySaysWhetherTheInstrumentIsSound) {
  const auto suite = read(wrapped(session("paired")));
  ASSERT_TRUE(suite.against_itself);
  EXPECT_DOUBLE_EQ(suite.against_itself->ratio, 2);
  EXPECT_EQ(suite.against_itself->count, 4U);
  auto without = session("paired");
  without.metrics.erase(without.metrics.begin() + 3);
  EXPECT_FALSE(read(wrapped(without)).against_itself);
}

TEST(RunProbe, ABlockedRunIsNotPairedAndDropsWhatIsNoNumber) {
  const auto suite = read(wrapped(session("blocked")));
  EXPECT_FALSE(suite.paired);
  EXPECT_EQ(metric(suite, 0, "wall").samples, (Samples{1, 3, 4}));
  EXPECT_EQ(metric(suite, 0, "wall").left_out, 1U);
  EXPECT_FALSE(suite.against_itself);
}

// A document as it is written: the count leaves out the run without a number.
TEST(RunProbe, ARunWithoutANumberLosesNoOther) {
  auto document = session("paired");
  auto& wall = document.metrics[0];
  wall.samples = {1, nan, 3, 4};
  wall.count = 3;
  wall.median = 3;
  auto& copy = document.metrics[3];
  copy.samples = {4, 8, nan, 16};
  copy.count = 3;
  copy.median = 8;
  const auto suite = read(result::to_json(document));
  const auto& samples = metric(suite, 0, "wall").samples;
  ASSERT_EQ(samples.size(), 4U);
  EXPECT_TRUE(std::isnan(samples[1]));
  EXPECT_EQ(samples[3], 4);
  ASSERT_TRUE(suite.against_itself);
  EXPECT_EQ(suite.against_itself->count, 3U);
  document.metrics[0].count = 2;  // fewer than there are numbers: they are parts of the value
  EXPECT_TRUE(metric(read(result::to_json(document)), 0, "wall").samples.empty());
}

TEST(RunProbe, ANumberThatAProgramWroteHangsOnTheMachineUnlessItsUnitSaysMore) {
  EXPECT_EQ(kind_of_metric("stdout:score", ""), Kind::time);
  EXPECT_EQ(kind_of_metric("stdout:score", "B"), Kind::count);
  EXPECT_EQ(kind_of_metric("page-faults", ""), Kind::count);
  EXPECT_EQ(kind_of_metric("cycles", "cycles"), Kind::time);
  auto document = session("paired");
  document.metrics[1].name = "stdout:score";
  EXPECT_EQ(metric(read(wrapped(document)), 0, "stdout:score").kind, Kind::time);
}

TEST(RunProbe, IsBrokenWhereTheReferenceDiffersFromItself) {
  Suite suite;
  EXPECT_FALSE(is_broken(suite));
  suite.against_itself = {.count = 9, .ratio = 1.1, .low = 1.01, .high = 1.2};
  EXPECT_TRUE(is_broken(suite));
  suite.against_itself->low = 1;
  EXPECT_FALSE(is_broken(suite));
  suite.against_itself->high = 0.99;
  EXPECT_TRUE(is_broken(suite));
}

TEST(RunProbe, TheDocumentAloneIsReadAlike) {
  const auto suite = read(result::to_json(session("paired")));
  EXPECT_TRUE(suite.paired);
  EXPECT_EQ(names(suite), (Names{"new", "old"}));
}

TEST(RunProbe, InAPairedRunTheSameCommandGetsItsNumber) {
  auto document = session("paired");
  document.metrics[2].labels["benchmark"] = "new";
  EXPECT_EQ(names(read(wrapped(document))), (Names{"new", "new [2]"}));
  document.parameters["order"] = std::string("blocked");
  EXPECT_EQ(refusal(wrapped(document)), "run.json: results 1 and 2 are both named 'new'");
}

TEST(RunProbe, ParametersAreThoseOfTheResult) {
  auto document = session("blocked");
  document.metrics[2].labels["benchmark"] = "new";
  const auto suite = read(wrapped(document, R"({"command": "new", "parameters": {"n": "1"}},
                                               {"command": "new", "parameters": {"n": "2"}})"));
  EXPECT_EQ(names(suite), (Names{"new (n = 1)", "new (n = 2)"}));
}

TEST(RunProbe, TimesThatTheDocumentCutOffComeFromTheResult) {
  const auto suite = read(wrapped(session("paired"), R"({"command": "new", "times": [1, 2, 3]},
                                          {"command": "old", "times": [2, 4, 6, 8, null, 12]})"));
  EXPECT_EQ(metric(suite, 0, "wall").samples.size(), 4U);
  EXPECT_EQ(metric(suite, 1, "wall").samples.size(), 6U);
  EXPECT_EQ(metric(suite, 1, "wall").samples[5], 12);
}

TEST(RunProbe, AReferenceThatWasNotMeasuredIsRefused) {
  auto document = session("paired");
  document.parameters["reference"] = std::int64_t{3};
  EXPECT_EQ(refusal(wrapped(document)), "run.json: the reference, command 3, was not measured");
}

result::Document copies() {
  result::Document document;
  document.tool = "memcpy-probe";
  document.metrics = {
      {.name = "core_frequency", .unit = "Hz", .median = 3e9, .count = 1},
      {.name = "copy_ratio",
       .labels = {{"size", "4096"}, {"kernel", "memcpy"}, {"offset", "8"}},
       .unit = "ratio",
       .better = result::Better::lower,
       .median = 24,
       .low = 23,
       .high = 25,
       .count = 3,
       .samples = {23, 25, 24}},
      {.name = "not_measured", .unit = "s", .median = nan, .low = nan, .high = nan}};
  return document;
}

TEST(Document, BenchmarksAreNamedByTheirLabels) {
  const auto suite = read(result::to_json(copies()));
  EXPECT_EQ(suite.tool, "memcpy-probe");
  EXPECT_EQ(names(suite), (Names{"memcpy-probe", "kernel=memcpy offset=8 size=4096"}));
  EXPECT_EQ(suite.benchmarks[0].metrics.size(), 1U);  // the other has no value
  EXPECT_EQ(metric(suite, 0, "core_frequency").kind, Kind::time);
  EXPECT_EQ(metric(suite, 0, "core_frequency").better, result::Better::none);
  const auto& ratio = metric(suite, 1, "copy_ratio");
  EXPECT_EQ(ratio.samples, (Samples{23, 25, 24}));
  EXPECT_EQ(ratio.kind, Kind::ratio);
  EXPECT_FALSE(suite.paired);
}

TEST(Document, SamplesOfSomethingElseThanTheMetricAreNotTaken) {
  auto document = copies();
  document.metrics[1].median = 0.25;  // a share of pairs, whose samples are the pairs' times
  const auto suite = read(result::to_json(document));
  EXPECT_TRUE(metric(suite, 1, "copy_ratio").samples.empty());
  EXPECT_EQ(metric(suite, 1, "copy_ratio").median, 0.25);
}

TEST(Document, WhatDoesNotFitItsSchemaIsRefused) {
  auto document = copies();
  document.metrics[2] = document.metrics[1];
  EXPECT_EQ(refusal(result::to_json(document)),
            "run.json: the metric 'copy_ratio' of 'kernel=memcpy offset=8 size=4096' is there "
            "twice");
  EXPECT_EQ(refusal(R"({"schema": "bytepath.result", "schema_version": "9.0"})"),
            fmt::format("run.json: schema version 9.0 is newer than this program's {}.{}",
                        result::Document::schema_major, result::Document::schema_minor));
  EXPECT_EQ(refusal(R"({"results": [], "bytepath": {"schema": "other"}})"),
            "run.json: not a bytepath result");
  document.metrics.clear();
  EXPECT_EQ(refusal(result::to_json(document)), "run.json: there is no benchmark in it");
}

TEST(Document, AGoldenFileOfMemcpyProbeIsRead) {
  const auto suite = load_suite(std::string(BYTEPATH_TEST_DATA) + "/../golden/memcpy.json");
  ASSERT_TRUE(suite) << suite.error().message;
  EXPECT_EQ(suite->host.machine_hash, "5e1c0a9d24b7f386");
  EXPECT_EQ(names(*suite)[1], "kernel=rep movsb size=4096");
}

// Bad input

TEST(BadInput, EachSaysWhatIsWrongAndWhere) {
  EXPECT_EQ(refusal(""), "run.json: the file is empty");
  EXPECT_EQ(refusal(" \n"), "run.json: the file is empty");
  EXPECT_EQ(refusal("{\"results\": [\n  {\"comm"),
            "run.json: the JSON is cut short after line 2, column 9");
  EXPECT_EQ(refusal("{\"results\": [\n  tru"),
            "run.json: the JSON is cut short after line 2, column 6");
  EXPECT_EQ(refusal("{\"results\":\n 'a'}"),
            "run.json: not JSON: unexpected ''' at line 2, column 2");
  EXPECT_EQ(refusal("command,mean\n"), "run.json: not JSON: unexpected 'c' at line 1, column 1");
  EXPECT_EQ(refusal("{} {}"), "run.json: not JSON: unexpected '{' at line 1, column 4");
  EXPECT_EQ(refusal("{\"a\xff\": 1}"), "run.json: not UTF-8 at line 1, column 4");
  EXPECT_EQ(refusal(timed("[1e400]")), "run.json: a number is too large for any measurement");
  EXPECT_EQ(refusal(std::string(100'000, '[')),
            "run.json: the JSON is cut short after line 1, column 100001");
  EXPECT_EQ(refusal(std::string(100'000, '[') + std::string(100'000, ']')),
            "run.json: nested deeper than any benchmark's results");
}

TEST(BadInput, NumbersThatJsonDoesNotHaveAreNamed) {
  for (const char* word : {"NaN", "-NaN", "Infinity", "-Infinity"}) {
    EXPECT_TRUE(refusal(timed("[1, " + std::string(word) + "]"))
                    .starts_with("run.json: not JSON: a NaN or an infinity at line 1, column "))
        << word;
  }
}

TEST(BadInput, JsonOfSomethingElseSaysWhatWasLookedFor) {
  const std::string looked_for =
      ", but neither 'schema' (bytepath), 'results' (run-probe, hyperfine) nor 'context' with "
      "'benchmarks' (Google Benchmark)";
  const std::string begin = "run.json: holds no benchmark results: it ";
  EXPECT_EQ(refusal(R"({"version": 1, "a": 2, "b": 3, "c": 4, "d": 5, "e": 6})"),
            begin + "has the keys 'a', 'b', 'c', 'd', 'e' and 1 more" + looked_for);
  EXPECT_EQ(refusal("[]"), begin + "is an array" + looked_for);
  EXPECT_EQ(refusal("{}"), begin + "is an empty object" + looked_for);
  EXPECT_EQ(refusal(R"({"benchmarks": []})"), begin + "has the keys 'benchmarks'" + looked_for);
}

TEST(BadInput, ABenchmarkWithoutAUsableTimeIsRefused) {
  const std::string begin = "run.json: result 1: 'a' cannot be compared: ";
  EXPECT_EQ(refusal(timed("[null, null]")), begin + "no time is a number");
  EXPECT_EQ(refusal(timed("[-1, -2]")), begin + "times are negative and none is above 0");
  EXPECT_EQ(refusal(timed("[0, 0.0]")), begin + "every time is 0");
  EXPECT_EQ(refusal(timed("null")), begin + "there is no time");
  EXPECT_EQ(refusal(hyperfine(R"({"command": "a", "median": 0})")), begin + "its time is 0");
  EXPECT_EQ(refusal(hyperfine(R"({"command": "a", "median": -1})")),
            begin + "its time is negative");
}

TEST(BadInput, AWrongTypeIsNamedWithItsPlace) {
  EXPECT_EQ(refusal(timed(R"([1, "2"])")),
            "run.json: result 1: 'times[1]' is a string and not a number");
  EXPECT_EQ(refusal(timed("{}")), "run.json: result 1: 'times' is an object and not an array");
  EXPECT_EQ(refusal(hyperfine("[]")), "run.json: result 1: it is an array and not an object");
  EXPECT_EQ(refusal(hyperfine(R"({"times": [1]})")), "run.json: result 1: there is no 'command'");
  EXPECT_EQ(refusal(hyperfine(R"({"command": true, "times": [1]})")),
            "run.json: result 1: 'command' is a boolean and not a string");
  EXPECT_EQ(refusal(hyperfine(R"({"command": "a", "times": [1], "user": "x"})")),
            "run.json: result 1: 'user' is a string and not a number");
  EXPECT_EQ(refusal(hyperfine(R"({"command": "a", "times": [1], "parameters": []})")),
            "run.json: result 1: 'parameters' is an array and not an object");
  EXPECT_EQ(refusal(hyperfine(R"({"command": "a", "times": [1], "parameters": {"n": {}}})")),
            "run.json: result 1: parameter 'n' is an object and not a value");
  EXPECT_EQ(refusal(R"({"results": {}})"), "run.json: 'results' is an object and not an array");
  EXPECT_EQ(refusal(R"({"results": []})"), "run.json: there is no benchmark in it");
}

TEST(BadInput, MessagesAreOneShortLine) {
  const std::string command(200, 'x');
  const auto message = refusal(hyperfine(R"({"command": "\n)" + command + R"(", "times": [0]})"));
  EXPECT_FALSE(message.contains('\n'));
  EXPECT_LT(message.size(), 150U);
}

TEST(LoadSuite, AFileThatCannotBeReadIsUnsupported) {
  const test::TemporaryFolder folder;
  const auto missing = load_suite(folder.at("none.json"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(missing.error().message,
            "cannot open " + folder.at("none.json") + ": No such file or directory");
  const auto directory = load_suite(folder.path());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(directory.error().message, "cannot read " + folder.path() + ": Is a directory");
}

TEST(LoadSuite, KeepsThePathForMessages) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("run.json", timed("[1]"));
  const auto suite = load_suite(path);
  ASSERT_TRUE(suite);
  EXPECT_EQ(suite->path, path);
}

}  // namespace
}  // namespace bytepath::compare
