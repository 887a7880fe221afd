#include "benchmark/terminal_text.h"

#include <gtest/gtest.h>

#include "tests/unit/benchmark/results.h"

namespace bytepath::benchmark {
namespace {

const report::Style plain(false);

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
    text.replace(at, from.size(), to);
  return text;
}

TEST(FormatTime, PicksTheUnitThatFits) {
  EXPECT_EQ(format_time(1.3), "1.300 s");
  EXPECT_EQ(format_time(1), "1.000 s");
  EXPECT_EQ(format_time(0.999), "999.0 ms");
  EXPECT_EQ(format_time(0.001), "1.0 ms");
  EXPECT_EQ(format_time(0.0005), "500.0 µs");
  EXPECT_EQ(format_time(0), "0.0 µs");
  EXPECT_EQ(format_time(1000), "1000.000 s");
}

TEST(FormatTime, KeepsAGivenUnit) {
  EXPECT_EQ(format_time(1.3, TimeUnit::second), "1.300 s");
  EXPECT_EQ(format_time(1.3, TimeUnit::millisecond), "1300.0 ms");
  EXPECT_EQ(format_time(1.3, TimeUnit::microsecond), "1300000.0 µs");
  EXPECT_EQ(format_time_value(0.0625, TimeUnit::second), "0.062");
}

// The layout of hyperfine 1.15 for `hyperfine -N -r 12 'sleep 0.01'`, with these times.
TEST(ResultText, HasHyperfinesColumns) {
  BenchmarkResult result = result_of("sleep 0.01", {0.013, 0.0136, 0.0154});
  for (auto& run : result.runs) run.user = 0.0018, run.system = 0.0016;
  EXPECT_EQ(header_text(result, plain), "Benchmark 1: sleep 0.01\n");
  EXPECT_EQ(result_text(result, std::nullopt, plain),
            "  Time (mean ± σ):      14.0 ms ±   1.2 ms    [User: 1.8 ms, System: 1.6 ms]\n"
            "  Range (min … max):    13.0 ms …  15.4 ms    3 runs\n");
}

// A command line may have line breaks, and a name anything.
TEST(ResultText, LetsNoControlCharacterReachTheTerminal) {
  const std::string hostile = "a\x1b[31m\nb\xff";
  const std::string shown = "a\\x1b[31m\\nb\\xff";
  const std::vector<BenchmarkResult> results = {result_of(hostile, {1, 1}), result_of("x", {2, 2})};
  EXPECT_EQ(header_text(results[0], plain), "Benchmark 1: " + shown + "\n");
  for (const auto order : {SortOrder::mean_time, SortOrder::command}) {
    const std::string summary = summary_text(results, std::nullopt, order, plain);
    EXPECT_NE(summary.find(shown), std::string::npos) << summary;
    EXPECT_EQ(summary.find('\x1b'), std::string::npos);
  }
}

TEST(ResultText, AMicrosecondIsOneColumnWide) {
  const BenchmarkResult result = result_of("x", {0.0005, 0.0005});
  EXPECT_EQ(result_text(result, std::nullopt, plain),
            "  Time (mean ± σ):     500.0 µs ±   0.0 µs    [User: 0.0 µs, System: 0.0 µs]\n"
            "  Range (min … max):   500.0 µs … 500.0 µs    2 runs\n");
}

// As hyperfine 1.15 prints one run of 15.2 ms.
TEST(ResultText, OneRunHasNoDeviation) {
  BenchmarkResult result = result_of("sleep 0.01", {0.0152});
  result.runs[0].system = 0.0041;
  EXPECT_EQ(result_text(result, std::nullopt, plain),
            "  Time (abs ≡):         15.2 ms               [User: 0.0 ms, System: 4.1 ms]\n");
  EXPECT_EQ(result_text(result, TimeUnit::second, plain),
            "  Time (abs ≡):         0.015 s               [User: 0.000 s, System: 0.004 s]\n");
}

// The escape sequences of hyperfine 1.15 with --style color.
TEST(ResultText, ColoursStandOutsideThePadding) {
  const report::Style color(true);
  BenchmarkResult result = result_of("sleep 0.01", {0.013, 0.0136, 0.0154});
  for (auto& run : result.runs) run.user = 0.0018, run.system = 0.0016;
  const std::string expected =
      "<1mBenchmark <0m<1m1<0m: sleep 0.01\n"
      "  Time (<1;32mmean<0m ± <32mσ<0m):     <1;32m 14.0 ms<0m ± <32m  1.2 ms<0m    [User: "
      "<34m1.8 ms<0m, System: <34m1.6 ms<0m]\n"
      "  Range (<36mmin<0m … <35mmax<0m):   <36m 13.0 ms<0m … <35m 15.4 ms<0m    <2m3 runs<0m\n";
  EXPECT_EQ(header_text(result, color) + result_text(result, std::nullopt, color),
            replace_all(expected, "<", "\x1b["));
}

TEST(SummaryText, NamesTheFastestAndHowMuchSlowerTheOthersAre) {
  const std::vector results = {result_with("b", 2, 0.8), result_with("a", 1, 0.3),
                               result_of("c", {20})};
  EXPECT_EQ(summary_text(results, std::nullopt, SortOrder::mean_time, plain),
            "Summary\n"
            "  a ran\n"
            "    2.00 ± 1.00 times faster than b\n"
            "   20.00 times faster than c\n");
}

TEST(SummaryText, SaysSlowerAndAsFastBesideAReference) {
  const std::vector results = {result_of("base", {2, 2}), result_of("same", {2, 2}),
                               result_of("fast", {1, 1}), result_of("slow", {3, 3})};
  EXPECT_EQ(summary_text(results, 0, SortOrder::mean_time, plain),
            "Summary\n"
            "  base ran\n"
            "    2.00 ± 0.00 times slower than fast\n"
            "    As fast (1.00 ± 0.00) as same\n"
            "    1.50 ± 0.00 times faster than slow\n");
}

TEST(SummaryText, InCommandOrderIsAList) {
  const std::vector results = {result_with("b", 2, 0.8), result_with("a", 1, 0.3),
                               result_of("c", {20})};
  EXPECT_EQ(summary_text(results, std::nullopt, SortOrder::command, plain),
            "Relative speed comparison\n"
            "        2.00 ±  1.00  b\n"
            "        1.00          a\n"
            "       20.00          c\n");
}

TEST(SummaryText, IsEmptyForOneResultOrAZeroMean) {
  const std::vector results = {result_of("a", {1}), result_of("b", {0})};
  EXPECT_EQ(summary_text(results, std::nullopt, SortOrder::mean_time, plain), "");
  EXPECT_EQ(summary_text(std::span(results).first(1), std::nullopt, SortOrder::mean_time, plain),
            "");
  EXPECT_TRUE(no_comparison_text(plain).starts_with(
      "Note: The benchmark comparison could not be computed as some benchmark times are zero."));
}

std::string warnings(const BenchmarkResult& result, const WarningContext& context = {}) {
  return warnings_text(result, context, plain);
}

TEST(WarningsText, ShortRunsMatterOnlyWithAShell) {
  EXPECT_EQ(warnings(result_of("x", {0.0049, 1}), {.shell = true}),
            " \n  Warning: Command took less than 5 ms to complete. Note that the results might be "
            "inaccurate because run-probe can not calibrate the shell startup time much more "
            "precise than this limit. You can try to use the `-N`/`--shell=none` option to disable "
            "the shell completely.\n");
  EXPECT_EQ(warnings(result_of("x", {0.005, 1}), {.shell = true}), "");
  EXPECT_EQ(warnings(result_of("x", {0.0049, 1})), "");
}

TEST(WarningsText, AnyFailedRunIsNamed) {
  BenchmarkResult result = result_of("x", {1, 1});
  result.runs[1].exit_code = 1;
  EXPECT_EQ(warnings(result), " \n  Warning: Ignoring non-zero exit code.\n");
  EXPECT_EQ(warnings_text(result, {}, report::Style(true)),
            " \n  \x1b[33mWarning\x1b[0m: Ignoring non-zero exit code.\n");
}

TEST(WarningsText, ASlowFirstRunSaysWhatIsInUse) {
  const BenchmarkResult result = result_of("x", {2, 1, 1.01, 0.99, 1.02, 0.98});
  const std::string head =
      " \n  Warning: The first benchmarking run for this command was significantly slower than the "
      "rest (2.000 s). This could be caused by (filesystem) caches that were not filled until "
      "after "
      "the first run. ";
  EXPECT_EQ(warnings(result),
            head +
                "You should consider using the '--warmup' option to fill those caches before "
                "the actual benchmark. Alternatively, use the '--prepare' option to clear the "
                "caches before each timing run.\n");
  EXPECT_EQ(warnings(result, {.warmup_in_use = true}),
            head +
                "You are already using the '--warmup' option which helps to fill these caches "
                "before the actual benchmark. You can either try to increase the warmup count "
                "further or re-run this benchmark on a quiet system in case it was a random "
                "outlier. Alternatively, consider using the '--prepare' option to clear the "
                "caches before each timing run.\n");
  EXPECT_EQ(warnings(result, {.preparation_in_use = true}),
            head +
                "You are already using the '--prepare' option which can be used to clear "
                "caches. If you did not use a cache-clearing command with '--prepare', you can "
                "either try that or consider using the '--warmup' option to fill those caches "
                "before the actual benchmark.\n");
  EXPECT_EQ(warnings(result, {.warmup_in_use = true, .preparation_in_use = true}),
            head +
                "You are already using both the '--warmup' option as well as the '--prepare' "
                "option. Consider re-running the benchmark on a quiet system. Maybe it was a "
                "random outlier. Alternatively, consider increasing the warmup count.\n");
}

TEST(WarningsText, OtherOutliersOnBothSidesAreNamed) {
  const std::string head =
      " \n  Warning: Statistical outliers were detected. Consider re-running this benchmark on a "
      "quiet system without any interferences from other programs.";
  const std::string hint = " It might help to use the '--warmup' or '--prepare' options.\n";
  EXPECT_EQ(warnings(result_of("x", {1, 1.01, 0.99, 1.02, 2})), head + hint);
  EXPECT_EQ(warnings(result_of("x", {0.5, 1, 1.01, 0.99, 1.02}), {.warmup_in_use = true}),
            head + hint);
  EXPECT_EQ(warnings(result_of("x", {1, 1.01, 0.99, 1.02, 2}),
                     {.warmup_in_use = true, .preparation_in_use = true}),
            head + "\n");
  EXPECT_EQ(warnings(result_of("x", {1, 1.01, 0.99, 1.02, 1.1})), "");
  EXPECT_EQ(warnings(result_of("x", {})), "");
}

}  // namespace
}  // namespace bytepath::benchmark
