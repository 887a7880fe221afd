#include "benchmark/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace bytepath::benchmark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

RawOptions commands(std::vector<std::string> lines) {
  RawOptions options;
  options.commands.commands = std::move(lines);
  return options;
}

Plan plan_of(const RawOptions& options) {
  auto plan = make_plan(options);
  EXPECT_TRUE(plan.has_value()) << plan.error().message;
  return plan ? *std::move(plan) : Plan{};
}

Error error_of(const RawOptions& options) {
  auto plan = make_plan(options);
  EXPECT_FALSE(plan.has_value());
  return plan ? Error{} : plan.error();
}

TEST(Plan, DefaultsAreHyperfines) {
  const auto plan = plan_of(commands({"a"}));
  EXPECT_EQ(plan.min_runs, 10U);
  EXPECT_FALSE(plan.max_runs);
  EXPECT_EQ(plan.min_time, 3);
  EXPECT_EQ(plan.order, Order::blocked);
  EXPECT_EQ(plan.execution.kind, Execution::Kind::shell);
  EXPECT_THAT(plan.execution.shell, ElementsAre("sh"));
  EXPECT_FALSE(plan.compares);
  EXPECT_EQ(plan.outputs.size(), 1U);
}

TEST(Plan, AMaximumBelowTheUsualMinimumLowersIt) {
  auto options = commands({"a"});
  options.max_runs = "3";
  EXPECT_EQ(plan_of(options).min_runs, 3U);
  options.max_runs = "30";
  EXPECT_EQ(plan_of(options).min_runs, 10U);
}

TEST(Plan, NumbersAreRefusedInHyperfinesWords) {
  auto options = commands({"a"});
  options.runs = "abc";
  EXPECT_EQ(error_of(options).message,
            "Could not read numeric integer argument to '--runs': invalid digit found in string");
  EXPECT_EQ(error_of(options).kind, ErrorKind::failed);
  options.runs = "99999999999999999999";
  EXPECT_THAT(error_of(options).message, HasSubstr("number too large"));
  options.runs = "-1";
  EXPECT_THAT(error_of(options).message, HasSubstr("invalid digit"));
  options.runs = "0";
  EXPECT_THAT(error_of(options).message, HasSubstr("nothing would be measured"));
}

TEST(Plan, AnEmptyRangeOfRunsIsRefused) {
  auto options = commands({"a"});
  options.min_runs = "5";
  options.max_runs = "4";
  EXPECT_THAT(error_of(options).message, StartsWith("Conflicting requirements"));
}

TEST(Plan, ShellsAreWordsAndTwoNamesAreSpecial) {
  auto options = commands({"a"});
  options.shell = "bash --norc 'a b'";
  EXPECT_THAT(plan_of(options).execution.shell, ElementsAre("bash", "--norc", "a b"));
  options.shell = "none";
  EXPECT_EQ(plan_of(options).execution.kind, Execution::Kind::direct);
  options.shell = "default";
  EXPECT_THAT(plan_of(options).execution.shell, ElementsAre("sh"));
  options.shell = "";
  EXPECT_THAT(error_of(options).message, StartsWith("An empty command"));
  options.shell = "''";
  EXPECT_THAT(error_of(options).message, StartsWith("An empty command"));
  options.shell = "bash 'x";
  EXPECT_THAT(error_of(options).message,
              HasSubstr("expression as command line: missing closing quote"));
}

TEST(Plan, FailuresAreIgnoredAsAsked) {
  EXPECT_FALSE(plan_of(commands({"a"})).failures.accepts(1));
  auto options = commands({"a"});
  options.ignore_failure = "all-non-zero";
  EXPECT_TRUE(plan_of(options).failures.accepts(137));
  options.ignore_failure = "1, 2";
  const auto rule = plan_of(options).failures;
  EXPECT_TRUE(rule.accepts(0) && rule.accepts(1) && rule.accepts(2));
  EXPECT_FALSE(rule.accepts(3));
  options.ignore_failure = "1,x";
  EXPECT_THAT(error_of(options).message, HasSubstr("'--ignore-failure'"));
}

TEST(Plan, OutputsAreGivenOnceOrForEachCommand) {
  auto options = commands({"a", "b"});
  options.output = {"pipe"};
  EXPECT_EQ(plan_of(options).outputs.at(1).kind, OutputPolicy::Kind::pipe);
  options.output = {"null", "./file"};
  EXPECT_EQ(plan_of(options).outputs.at(1).path, "./file");
  options.output = {"null", "null", "null"};
  EXPECT_THAT(error_of(options).message,
              HasSubstr("where N=2 is the number of benchmark commands"));
  options.output = {"file"};
  EXPECT_EQ(error_of(options).message,
            "Unknown output policy 'file'. Use './file' to output to a file named 'file'.");
}

TEST(Plan, PrepareCountsTheReferenceToo) {
  auto options = commands({"a", "b"});
  options.prepare = {"x", "y"};
  EXPECT_EQ(*plan_of(options).prepare_of(1), "y");
  options.commands.reference = "r";
  EXPECT_THAT(error_of(options).message, HasSubstr("where N=3"));
  options.prepare = {"x"};
  EXPECT_EQ(*plan_of(options).prepare_of(2), "x");
  EXPECT_EQ(plan_of(options).conclude_of(2), nullptr);
}

TEST(Plan, AnInputFileMustExist) {
  const test::TemporaryFolder folder;
  auto options = commands({"a"});
  options.input = folder.at("none");
  EXPECT_THAT(error_of(options).message, HasSubstr("specified as '--input' does not exist"));
  options.input = folder.write("some", "x");
  EXPECT_EQ(plan_of(options).input, folder.at("some"));
  options.input = "null";
  EXPECT_EQ(plan_of(options).input, "");
}

TEST(Plan, EachOptionOfTheComparisonAsksForOne) {
  auto options = commands({"a", "b"});
  options.pairs = 5;
  EXPECT_TRUE(plan_of(options).compares);
  EXPECT_EQ(plan_of(options).order, Order::paired);
  options = commands({"a", "b"});
  options.margin = 0;
  EXPECT_TRUE(plan_of(options).compares);
  EXPECT_EQ(plan_of(options).comparison.margin, 0);
  options = commands({"a", "b"});
  options.compare = true;
  options.runs = "7";
  EXPECT_EQ(plan_of(options).comparison.pairs, 7U);
}

TEST(Plan, ContradictionsOfTheComparisonAreMistakesOfTheCommandLine) {
  auto options = commands({"a", "b"});
  options.compare = true;
  options.order = "blocked";
  EXPECT_EQ(error_of(options).kind, ErrorKind::usage);
  options.order = "paird";
  EXPECT_THAT(error_of(options).message, HasSubstr("unknown order 'paird'"));
  options.order.clear();
  options.pairs = 5;
  options.precision = 1;
  EXPECT_THAT(error_of(options).message, HasSubstr("--pairs and --precision"));
  options.precision.reset();
  options.runs = "7";
  EXPECT_THAT(error_of(options).message, HasSubstr("--pairs and --runs"));
  EXPECT_THAT(error_of([] {
                auto alone = commands({"a"});
                alone.compare = true;
                return alone;
              }())
                  .message,
              HasSubstr("only one command"));
}

TEST(Plan, RunsThatAreDealtAtOnceHaveNoLimitsOfPairs) {
  auto options = commands({"a", "b"});
  options.order = "random";
  EXPECT_TRUE(make_plan(options).has_value());
  options.against_itself = true;
  EXPECT_THAT(error_of(options).message, HasSubstr("--order random"));
  options.against_itself = false;
  options.max_time = std::chrono::seconds(1);
  EXPECT_EQ(error_of(options).kind, ErrorKind::usage);
}

TEST(Plan, OneCommandIsComparedWithItself) {
  auto options = commands({"a"});
  options.against_itself = true;
  EXPECT_TRUE(plan_of(options).compares);
}

TEST(Plan, MetricsAreKnownOrCaptured) {
  auto options = commands({"a", "b"});
  options.metric = "max_rss";
  EXPECT_EQ(plan_of(options).comparison.metric, "max_rss");
  options.metric = "max_rs";
  EXPECT_EQ(error_of(options).hint, "did you mean 'max_rss'?");
  options.metric = "stdout:([0-9.]+) MB/s";
  EXPECT_TRUE(make_plan(options).has_value());
  options.metric = "stdout:(";
  EXPECT_THAT(error_of(options).message, HasSubstr("wrong regular expression"));
  options.metric = "page-faults";
  EXPECT_FALSE(make_plan(options).has_value());
  options.counters = "page-faults";
  EXPECT_TRUE(make_plan(options).has_value());
}

TEST(Plan, AGivenSeedIsKeptAndAnotherIsDrawn) {
  auto options = commands({"a", "b"});
  options.seed = 42;
  EXPECT_EQ(plan_of(options).seed, 42U);
}

}  // namespace
}  // namespace bytepath::benchmark
