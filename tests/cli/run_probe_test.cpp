#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_probe.h"

// What run-probe computes and prints, as hyperfine 1.20 does: run counts, units, relative times,
// names. Nothing is run: --debug-mode takes "sleep X" at its word.
namespace bytepath::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

struct Shown {
  Words arguments;
  Words texts;
  Words absent;
};

void expect_texts(const std::string& shown, const Words& texts, const Words& absent) {
  for (const auto& text : texts) EXPECT_THAT(shown, HasSubstr(text));
  for (const auto& text : absent) EXPECT_THAT(shown, Not(HasSubstr(text)));
}

void expect_shown(const std::vector<Shown>& cases) {
  for (const auto& [arguments, texts, absent] : cases) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const auto outcome = pretend(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    expect_texts(outcome.out, texts, absent);
  }
}

TEST(RunProbeCounts, FillThreeSecondsWithTenRunsAtLeast) {
  expect_shown({{{"sleep 0.5"}, {" 10 runs"}},
                {{"sleep 0.01"}, {" 300 runs"}},
                {{"sleep 0.01", "--min-benchmarking-time", "1"}, {" 100 runs"}},
                {{"sleep 0.5", "-m", "25"}, {" 25 runs"}},
                {{"sleep 0.01", "-M", "7"}, {" 7 runs"}},
                {{"sleep 0.01", "-m", "5", "-M", "50"}, {" 50 runs"}},
                {{"sleep 1", "-m", "3"}, {" 3 runs"}},
                {{"sleep 0.01", "-r", "2"}, {" 2 runs"}},
                // Without end in hyperfine.
                {{"sleep 0"}, {" 10 runs"}}});
}

TEST(RunProbeCounts, CountShellPrepareAndConcludeIn) {
  expect_shown({{{"--shell=sleep 0.02", "sleep 0.01"}, {" 100 runs"}},
                {{"--prepare=sleep 0.02", "sleep 0.01"}, {" 100 runs"}},
                {{"--conclude=sleep 0.02", "sleep 0.01"}, {" 100 runs"}},
                {{"-p", "sleep 0.01", "-C", "sleep 0.01", "sleep 0.01"}, {" 100 runs"}},
                {{"--shell=sleep 0.01", "-p", "sleep 0.03", "sleep 0.05"}, {" 30 runs"}},
                {{"--shell=sleep 0.01", "-C", "sleep 0.03", "sleep 0.05"}, {" 30 runs"}},
                {{"--shell=sleep 0.01", "-p", "sleep 0.01", "-C", "sleep 0.01", "sleep 0.05"},
                 {" 30 runs"}}});
}

TEST(RunProbeUnits, FitTheTimeOrAreAsked) {
  expect_shown({{{"sleep 1.234"}, {"Time (mean ± σ):      1.234 s ±"}},
                {{"sleep 0.123"}, {"Time (mean ± σ):     123.0 ms ±"}},
                {{"sleep 0.000123"}, {"Time (mean ± σ):     123.0 µs ±"}},
                {{"-u", "second", "sleep 0.123"}, {"Time (mean ± σ):      0.123 s ±"}},
                {{"-u", "millisecond", "sleep 1.234"}, {"Time (mean ± σ):     1234.0 ms ±"}},
                {{"-u", "microsecond", "sleep 1.234"}, {"Time (mean ± σ):     1234000.0 µs ±"}}});
}

TEST(RunProbeSummary, TellsRelativeTimesFromTheFastestOrTheReference) {
  expect_shown(
      {{{"sleep 1.0", "sleep 2.0", "sleep 3.0"},
        {"  sleep 1.0 ran\n", "2.00 ± 0.00 times faster than sleep 2.0", "3.00 ± 0.00 times"}},
       {{"-n", "A", "-n", "B", "sleep 1", "sleep 1", "sleep 2", "sleep 1000"},
        {"A ran\n", "As fast (1.00 ± 0.00) as B", "2.00 ± 0.00 times faster than sleep 2",
         "1000.00 ± 0.00 times faster"}},
       {{"--reference=sleep 2", "sleep 1", "sleep 3"},
        {"Benchmark 1: sleep 2", "2.00 ± 0.00 times slower than sleep 1",
         "1.50 ± 0.00 times faster than sleep 3"}},
       {{"--reference=sleep 2", "--reference-name", "R", "sleep 1"}, {"Benchmark 1: R", "R ran\n"}},
       {{"sleep 1"}, {}, {"Summary"}}});
}

TEST(RunProbeSummary, IsSortedAsAsked) {
  const std::string summary = "sleep 1 ran\n    2.00 ± 0.00 times faster than sleep 2";
  expect_shown({{{"sleep 2", "sleep 1"}, {summary}},
                {{"sleep 2", "sleep 1", "--sort=auto"}, {summary}},
                {{"sleep 2", "sleep 1", "--sort=mean-time"}, {summary}},
                {{"sleep 2", "sleep 1", "--sort=command"},
                 {"2.00 ±  0.00  sleep 2\n        1.00          sleep 1"}}});
}

TEST(RunProbeParameters, AreScannedExactly) {
  expect_shown({{{"-P", "time", "30", "45", "-D", "5", "sleep {time}"},
                 {"Benchmark 1: sleep 30\n", "Benchmark 2: sleep 35\n", "Benchmark 4: sleep 45\n"},
                 {"Benchmark 5"}},
                {{"--reference=sleep 25", "-P", "time", "30", "45", "-D", "5", "sleep {time}"},
                 {"Benchmark 1: sleep 25\n", "Benchmark 2: sleep 30\n", "Benchmark 5: sleep 45\n"},
                 {"Benchmark 6"}},
                {{"-P", "t", "0.1", "0.3", "-D", "0.1", "sleep {t}"},
                 {"Benchmark 2: sleep 0.2\n", "Benchmark 3: sleep 0.3\n"},
                 {"Benchmark 4"}},
                {{"-P", "t", "-1", "1", "-n", "n{t}", "sleep 1"}, {"n-1", "n0", "n1"}}});
}

TEST(RunProbeParameters, OfListsVaryTheFirstListFastest) {
  const auto out =
      pretend({"-L", "a", "1,2", "-L", "b", "3\\,4,5", "-n", "{a}:{b}", "sleep 1"}).out;
  for (const char* text :
       {"Benchmark 1: 1:3,4", "Benchmark 2: 2:3,4", "Benchmark 3: 1:5", "Benchmark 4: 2:5"}) {
    EXPECT_THAT(out, HasSubstr(text));
  }
}

TEST(RunProbeNames, ShowParametersThatTheCommandDoesNotUse) {
  expect_shown({{{"-L", "branch", "master,feature", "sleep 1"},
                 {"sleep 1 (branch = master)", "sleep 1 (branch = feature)"}},
                {{"-L", "t", "1,2", "sleep {t}"}, {}, {"(t ="}}});
}

TEST(RunProbeNames, AreForTheFirstCommandsOrForEachValue) {
  expect_shown({{{"-n", "A", "sleep 1", "sleep 2"}, {"Benchmark 1: A\n", "Benchmark 2: sleep 2\n"}},
                {{"-L", "t", "1,2", "-n", "one", "-n", "two", "sleep {t}"},
                 {"Benchmark 1: one\n", "Benchmark 2: two\n"}}});
}

TEST(RunProbeExports, ToStandardOutputComeOnceAtTheEnd) {
  const auto outcome = pretend({"--style=none", "--export-markdown", "-", "sleep 1", "sleep 2"});
  EXPECT_EQ(count_of(outcome.out, "sleep 1"), 1U) << outcome.out;
  EXPECT_EQ(count_of(outcome.out, "sleep 2"), 1U) << outcome.out;
}

TEST(RunProbeExports, DoNotFailForATimeOfZero) {
  for (const char* format : {"json", "csv", "markdown", "asciidoc", "orgmode"}) {
    SCOPED_TRACE(format);
    const auto outcome =
        pretend({std::string("--export-") + format, "-", "sleep 0", "sleep 0", "sleep 1"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err.find("Error"), std::string::npos) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("sleep 1"));
  }
}

TEST(RunProbeCompare, JudgesAgainstTheMargin) {
  expect_shown({{{"--compare", "sleep 1", "sleep 1.1"}, {"regression +10.0", "10 runs each"}},
                {{"--compare", "sleep 1.1", "sleep 1"}, {"improvement -9."}},
                {{"--compare", "sleep 1", "sleep 1"}, {"equivalent +0.0"}},
                {{"--margin", "20%", "sleep 1", "sleep 1.1"}, {"equivalent +10.0"}},
                {{"--pairs", "5", "sleep 1", "sleep 2"}, {"inconclusive", "at least 6 pairs"}},
                {{"--compare", "--reference", "sleep 2", "sleep 1", "sleep 4"},
                 {"with sleep 2", "improvement -50.0", "regression +100.0"}}});
}

TEST(RunProbeCompare, TakesAsManyPairsAsAskedOrFitInTheTime) {
  expect_shown({{{"--pairs", "17", "sleep 1", "sleep 2"}, {" 17 runs\n", "17 runs each"}},
                {{"-r", "17", "--compare", "sleep 1", "sleep 2"}, {"17 runs each"}},
                {{"--compare", "sleep 0.01", "sleep 0.02"}, {"30 runs each"}},
                {{"--max-time", "6s", "sleep 1", "sleep 1"}, {"(3 runs each"}}});
}

TEST(RunProbeCompare, PrecisionStopsWhenTheIntervalIsNarrowEnough) {
  const auto session = json_of(
      pretend({"--precision", "1%", "--style=none", "--export-json", "-", "sleep 1", "sleep 1.5"})
          .out);
  EXPECT_EQ(session["bytepath"]["parameters"]["stopping"], "anytime");
  const auto runs = session["results"][0]["times"].size();
  EXPECT_GE(runs, 10U);
  EXPECT_LT(runs, 60U) << "it went on to --max-time";
}

TEST(RunProbeCompare, AgainstItselfTellsTheNoiseFloor) {
  expect_shown({{{"--aa", "--pairs", "10", "sleep 1"},
                 {"sleep 1 against itself: +0.0", "so the noise floor is 0 %"}}});
}

TEST(RunProbeCompare, IsToldWithItsOrderAndSeed) {
  expect_shown({{{"--seed", "77", "--pairs", "6", "sleep 1", "sleep 2"},
                 {"Comparison of wall with sleep 1: paired order, seed 77, margin 2.00 %"}},
                {{"--order", "random", "--compare", "sleep 1", "sleep 2"}, {"random order"}}});
}

TEST(RunProbeStyle, NoneLeavesStandardOutputToTheExports) {
  EXPECT_EQ(pretend({"--style=none", "sleep 1", "sleep 2"}).out, "");
}

TEST(RunProbeStyle, ColorsOnlyWhenAsked) {
  for (const char* style : {"auto", "basic"}) {
    EXPECT_THAT(pretend({"--style", style, "sleep 1"}).out, Not(HasSubstr("\x1b[")));
  }
  EXPECT_THAT(pretend({"--style", "color", "sleep 1"}).out, HasSubstr("\x1b["));
}

}  // namespace
}  // namespace bytepath::test
