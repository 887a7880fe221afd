#include "benchmark/export_format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "benchmark/number_text.h"
#include "tests/unit/benchmark/results.h"

namespace bytepath::benchmark {
namespace {

std::string write(std::string_view name, const std::vector<BenchmarkResult>& results,
                  const ExportContext& context = {}) {
  const auto formats = export_formats();
  const auto format = std::ranges::find(formats, name, &ExportFormat::name);
  return format == formats.end() ? "no such format" : format->write(results, context);
}

BenchmarkResult with_range(const std::string& expression, double min, double mean, double max,
                           double stddev);

// The means, deviations and ranges of hyperfine's own export tests.
BenchmarkResult sleep_short() { return with_range("sleep 0.1", 0.1023, 0.1057, 0.1080, 0.0016); }
BenchmarkResult sleep_long() { return with_range("sleep 2", 2.0020, 2.0050, 2.0080, 0.0020); }

// The extremes once each, and many runs on both sides of the mean that give the rest.
BenchmarkResult with_range(const std::string& expression, double min, double mean, double max,
                           double stddev) {
  constexpr int inner = 100;
  const double extremes = (min - mean) + (max - mean);
  const double squares = (min - mean) * (min - mean) + (max - mean) * (max - mean);
  const double shift = -extremes / inner;
  const double spread =
      std::sqrt(((inner + 1) * stddev * stddev - squares) / inner - shift * shift);
  std::vector<double> times = {min, max};
  for (int i = 0; i < inner; ++i) times.push_back(mean + shift + (i % 2 == 0 ? spread : -spread));
  return result_of(expression, times);
}

TEST(PlainNumber, HasNeverAnExponentNorANeedlessPoint) {
  EXPECT_EQ(plain_number(0), "0");
  EXPECT_EQ(plain_number(-0.0), "-0");
  EXPECT_EQ(plain_number(1), "1");
  EXPECT_EQ(plain_number(16.5), "16.5");
  EXPECT_EQ(plain_number(120), "120");
  EXPECT_EQ(plain_number(0.00001234), "0.00001234");
  EXPECT_EQ(plain_number(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(plain_number(1e22), "10000000000000000000000");
  EXPECT_EQ(plain_number(1e23), "100000000000000000000000");
  EXPECT_EQ(plain_number(5e-324), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(plain_number(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(plain_number(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(JsonNumber, KeepsThePointOfWholeNumbersAndHasAnExponentOnlyFarOut) {
  EXPECT_EQ(json_number(0), "0.0");
  EXPECT_EQ(json_number(1), "1.0");
  EXPECT_EQ(json_number(0.000019163300876936527), "0.000019163300876936527");
  EXPECT_EQ(json_number(0.00001), "0.00001");
  EXPECT_EQ(json_number(0.000001), "1e-6");
  EXPECT_EQ(json_number(-0.0000012), "-1.2e-6");
  EXPECT_EQ(json_number(1e15), "1000000000000000.0");
  EXPECT_EQ(json_number(1e16), "1e16");
  EXPECT_EQ(json_number(1.7976931348623157e308), "1.7976931348623157e308");
  EXPECT_EQ(json_number(std::numeric_limits<double>::infinity()), "null");
}

TEST(EveryTable, HasOneRowForACommandOfTwoLines) {
  const BenchmarkResult two_lines = result_of("a\x1b\nb", {1, 1});
  for (const auto* name : {"markdown", "orgmode", "asciidoc"}) {
    const std::string text = write(name, {two_lines});
    EXPECT_NE(text.find("a\\x1b\\nb"), std::string::npos) << text;
  }
}

TEST(Markdown, TakesTheUnitThatFitsTheFirstResult) {
  EXPECT_EQ(write("markdown", {sleep_short(), sleep_long()}),
            "| Command | Mean [ms] | Min [ms] | Max [ms] | Relative |\n"
            "|:---|---:|---:|---:|---:|\n"
            "| `sleep 0.1` | 105.7 ± 1.6 | 102.3 | 108.0 | 1.00 |\n"
            "| `sleep 2` | 2005.0 ± 2.0 | 2002.0 | 2008.0 | 18.97 ± 0.29 |\n");
  const std::string seconds =
      "| Command | Mean [s] | Min [s] | Max [s] | Relative |\n"
      "|:---|---:|---:|---:|---:|\n"
      "| `sleep 2` | 2.005 ± 0.002 | 2.002 | 2.008 | 18.97 ± 0.29 |\n"
      "| `sleep 0.1` | 0.106 ± 0.002 | 0.102 | 0.108 | 1.00 |\n";
  EXPECT_EQ(write("markdown", {sleep_long(), sleep_short()}), seconds);
  EXPECT_EQ(write("markdown", {sleep_long(), sleep_short()}, {.unit = TimeUnit::second}), seconds);
}

TEST(Markdown, SortsByMeanTimeOnRequest) {
  EXPECT_EQ(write("markdown", {sleep_long(), sleep_short()},
                  {.unit = TimeUnit::millisecond, .order = SortOrder::mean_time}),
            "| Command | Mean [ms] | Min [ms] | Max [ms] | Relative |\n"
            "|:---|---:|---:|---:|---:|\n"
            "| `sleep 0.1` | 105.7 ± 1.6 | 102.3 | 108.0 | 1.00 |\n"
            "| `sleep 2` | 2005.0 ± 2.0 | 2002.0 | 2008.0 | 18.97 ± 0.29 |\n");
}

TEST(Asciidoc, EndsLinesOfCellsWithABlank) {
  EXPECT_EQ(write("asciidoc", {sleep_short(), sleep_long()}),
            "[cols=\"<,>,>,>,>\"]\n"
            "|===\n"
            "| Command \n| Mean [ms] \n| Min [ms] \n| Max [ms] \n| Relative \n"
            "\n"
            "| `sleep 0.1` \n| 105.7 ± 1.6 \n| 102.3 \n| 108.0 \n| 1.00 \n"
            "\n"
            "| `sleep 2` \n| 2005.0 ± 2.0 \n| 2002.0 \n| 2008.0 \n| 18.97 ± 0.29 \n"
            "|===\n");
}

TEST(Orgmode, HasTwoBlanksBeforeNumbers) {
  EXPECT_EQ(write("orgmode", {sleep_short(), sleep_long()}),
            "| Command  |  Mean [ms] |  Min [ms] |  Max [ms] |  Relative |\n"
            "|--+--+--+--+--|\n"
            "| =sleep 0.1=  |  105.7 ± 1.6 |  102.3 |  108.0 |  1.00 |\n"
            "| =sleep 2=  |  2005.0 ± 2.0 |  2002.0 |  2008.0 |  18.97 ± 0.29 |\n");
}

TEST(Tables, ProtectBarsAndShowUnusedParameters) {
  BenchmarkResult result = result_of("a | b", {1});
  result.command.parameters = {{"branch", "x|y"}};
  EXPECT_EQ(write("markdown", {result}),
            "| Command | Mean [s] | Min [s] | Max [s] | Relative |\n"
            "|:---|---:|---:|---:|---:|\n"
            "| `a \\| b (branch = x\\|y)` | 1.000 | 1.000 | 1.000 | 1.00 |\n");
}

TEST(Csv, HasSortedParametersAndPlainNumbers) {
  BenchmarkResult first = result_of("command_a", {1, 1});
  first.command.parameters = {{"foo", "one"}, {"bar", "two"}};
  first.runs[0].user = 6;
  first.runs[1].system = 0.25;
  BenchmarkResult second = result_of("command_b", {16.5});
  second.command.parameters = {{"foo", "one"}, {"bar", "seven"}};
  EXPECT_EQ(write("csv", {first, second}),
            "command,mean,stddev,median,user,system,min,max,parameter_bar,parameter_foo\n"
            "command_a,1,0,1,3,0.125,1,1,two,one\n"
            "command_b,16.5,0,16.5,0,0,16.5,16.5,seven,one\n");
}

// The line of hyperfine 1.15 for -n 'a,"b1' -L y,z 'a b'.
TEST(Csv, QuotesOnlyWhereItMust) {
  BenchmarkResult result = result_of("sleep", {1});
  result.command.name = "a,\"b1";
  result.command.parameters = {{"y,z", "a b"}, {"w", "c\nd"}, {"x", "\r"}};
  EXPECT_EQ(write("csv", {result}),
            "command,mean,stddev,median,user,system,min,max,parameter_w,parameter_x,"
            "\"parameter_y,z\"\n"
            "\"a,\"\"b1\",1,0,1,0,0,1,1,\"c\nd\",\"\r\",a b\n");
}

TEST(Csv, TheReferenceHasEmptyParameters) {
  BenchmarkResult result = result_of("new {p}", {1});
  result.command.parameters = {{"p", "1"}};
  EXPECT_EQ(write("csv", {result_of("old", {2}), result}),
            "command,mean,stddev,median,user,system,min,max,parameter_p\n"
            "old,2,0,2,0,0,2,2,\n"
            "new 1,1,0,1,0,0,1,1,1\n");
}

TEST(Json, HasHyperfinesKeysInItsOrder) {
  BenchmarkResult result = result_of("echo {y} \"{x}\"", {0.25, 0.75});
  result.command.parameters = {{"y", "1"}, {"x", "a\tb"}};
  result.runs[0].max_rss = 1048576;
  result.runs[1].exit_code = 137;
  result.runs[1].user = 0.00002;
  EXPECT_EQ(write("json", {result, result_of("true", {2})}), R"({
  "results": [
    {
      "command": "echo 1 \"a\tb\"",
      "mean": 0.5,
      "stddev": 0.3535533905932738,
      "median": 0.5,
      "user": 0.00001,
      "system": 0.0,
      "min": 0.25,
      "max": 0.75,
      "times": [
        0.25,
        0.75
      ],
      "memory_usage_byte": [
        1048576,
        0
      ],
      "exit_codes": [
        0,
        137
      ],
      "parameters": {
        "x": "a\tb",
        "y": "1"
      }
    },
    {
      "command": "true",
      "mean": 2.0,
      "stddev": null,
      "median": 2.0,
      "user": 0.0,
      "system": 0.0,
      "min": 2.0,
      "max": 2.0,
      "times": [
        2.0
      ],
      "memory_usage_byte": [
        0
      ],
      "exit_codes": [
        0
      ]
    }
  ]
}
)");
}

TEST(Json, CarriesTheDocumentAfterTheResults) {
  EXPECT_EQ(write("json", {}, {.document = R"({"schema": "s", "list": [1, 2.5], "none": {}})"}),
            R"({
  "results": [],
  "bytepath": {
    "schema": "s",
    "list": [
      1,
      2.5
    ],
    "none": {}
  }
}
)");
  EXPECT_EQ(write("json", {}, {.document = "{\"cut\": "}), "{\n  \"results\": []\n}\n");
}

TEST(Json, ReplacesWhatIsNotUtf8) {
  BenchmarkResult result = result_of(
      "a\xff"
      "b",
      {1});
  result.command.parameters = {{"\xc3", "\x80"}};
  const std::string text = write("json", {result});
  EXPECT_NE(text.find("\"command\": \"a\xef\xbf\xbd"
                      "b\""),
            std::string::npos);
  EXPECT_NE(text.find("\"\xef\xbf\xbd\": \"\xef\xbf\xbd\""), std::string::npos);
}

TEST(Json, SizesThatAreNoSizesDoNoHarm) {
  BenchmarkResult result = result_of("a", {1, 1, 1});
  result.runs[0].max_rss = -1;
  result.runs[1].max_rss = std::numeric_limits<double>::quiet_NaN();
  result.runs[2].max_rss = 1e300;
  EXPECT_NE(write("json", {result}).find("        0,\n        0,\n        4611686018427387904\n"),
            std::string::npos);
}

TEST(Exports, AZeroTimeFailsNone) {
  const std::vector results = {result_of("zero", {0, 0}), result_with("one", 1, 0.5)};
  EXPECT_EQ(write("markdown", results),
            "| Command | Mean [µs] | Min [µs] | Max [µs] | Relative |\n"
            "|:---|---:|---:|---:|---:|\n"
            "| `zero` | 0.0 ± 0.0 | 0.0 | 0.0 | 1.00 |\n"
            "| `one` | 1000000.0 ± 500000.0 | 646446.6 | 1353553.4 | inf |\n");
  for (const auto& format : export_formats()) {
    const std::string text = format.write(results, {.order = SortOrder::mean_time});
    EXPECT_EQ(text.find("nan"), std::string::npos) << format.name;
    EXPECT_NE(text.find("zero"), std::string::npos) << format.name;
  }
}

TEST(Exports, NoResultsIsAHeadingOnly) {
  EXPECT_EQ(write("csv", {}), "command,mean,stddev,median,user,system,min,max\n");
  EXPECT_EQ(write("markdown", {}),
            "| Command | Mean [s] | Min [s] | Max [s] | Relative |\n|:---|---:|---:|---:|---:|\n");
}

}  // namespace
}  // namespace bytepath::benchmark
