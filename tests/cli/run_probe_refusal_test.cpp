#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/run_probe.h"

// What run-probe refuses: 2 for a wrong command line, 1 and hyperfine's words for what hyperfine
// refuses later, and nothing of it is run.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

struct Refused {
  Words arguments;
  std::string words;
};

void expect_error(const Outcome& outcome, int status, const std::string& words) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "") << "it began to measure";
  EXPECT_THAT(outcome.err, AllOf(StartsWith("Error: "), HasSubstr(words)));
  EXPECT_LE(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
}

void expect_refused(int status, const std::vector<Refused>& cases) {
  for (const auto& [arguments, words] : cases) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    expect_error(run_probe(arguments), status, words);
  }
}

TEST(RunProbeRefuses, CountsThatAreNone) {
  const std::string read = "Could not read numeric integer argument to '--";
  expect_refused(1, {{{"--min-benchmarking-time", "nan", "x"}, "--min-benchmarking-time is nan"},
                     {{"--min-benchmarking-time", "inf", "x"}, "--min-benchmarking-time is inf"},
                     {{"--min-benchmarking-time", "-1", "x"}, "--min-benchmarking-time is -1"},
                     {{"-r", "abc", "x"}, read + "runs': invalid digit found in string"},
                     {{"-w", "-1", "x"}, read + "warmup': invalid digit"},
                     {{"-m", "1.5", "x"}, read + "min-runs': invalid digit"},
                     {{"-M", "99999999999999999999", "x"}, read + "max-runs': number too large"},
                     {{"-m", "5", "-M", "3", "x"}, "empty range, min is larger than max"},
                     {{"-r", "0", "x"}, "The number of runs is 0"},
                     {{"-i=1,x", "x"}, read + "ignore-failure': invalid digit"}});
}

TEST(RunProbeRefuses, OptionsThatFitNotTheNumberOfCommands) {
  const std::string once = " option has to be provided just once or N times";
  expect_refused(1, {{{"-n", "a", "-n", "b", "x"}, "Too many --command-name options"},
                     {{"-L", "p", "1,2,3", "-n", "a", "-n", "b", "x"},
                      "'--command-name' has been specified 2 times"},
                     {{"-p", "a", "-p", "b", "x", "y", "z"}, "The '--prepare'" + once},
                     {{"-p", "a", "-p", "b", "--reference", "r", "x", "y"}, "where N=3"},
                     {{"-C", "a", "-C", "b", "x", "y", "z"}, "The '--conclude'" + once},
                     {{"-C", "a", "-C", "b", "--reference", "r", "x", "y"}, "where N=3"},
                     {{"--output=null", "--output=pipe", "x"}, "The '--output'" + once}});
}

TEST(RunProbeRefuses, ParametersThatAreNone) {
  const std::string scan = "Error while parsing parameter scan arguments";
  expect_refused(
      1, {{{"-L", "x", "1,2", "-L", "x", "a", "c"}, "Duplicate parameter names: x"},
          {{"-P", "x", "1", "a", "c"}, scan + " (Invalid decimal: unknown character)"},
          {{"-P", "x", "5", "1", "c"}, "Empty parameter range"},
          {{"-P", "x", "1", "5", "-D", "0", "c"}, "Zero is not a valid parameter step"},
          {{"-P", "x", "1.5", "5", "c"}, "A step size is required when the range bounds are"},
          {{"-P", "x", "0", "200000", "c"}, "Parameter range is too large"}});
}

TEST(RunProbeRefuses, StreamsAndShellsThatAreNotThere) {
  expect_refused(1, {{{"--output", "foo", "x"},
                      "Unknown output policy 'foo'. Use './foo' to output to a file named 'foo'"},
                     {{"--input", "/nowhere/in", "x"},
                      "The file '/nowhere/in' specified as '--input' does not exist"},
                     {{"-S", " ", "x"}, "An empty command has been specified for the '--shell"},
                     {{"-S", "sh '", "x"}, "as command line: missing closing quote"},
                     {{"--export-json", "/nowhere/x.json", "x"}, "'/nowhere/x.json'"}});
}

TEST(RunProbeRefuses, AWrongCommandLineWithStatusTwo) {
  expect_refused(2, {{{}, "there is no command"},
                     {{""}, "empty"},
                     {{"--no-such", "x"}, "--no-such: unknown option"},
                     {{"--warmpu", "3", "x"}, "--warmup"},
                     {{"-N", "-S", "bash", "x"}, "--no-shell"},
                     {{"-r", "3", "-m", "3", "x"}, "--min-runs"},
                     {{"-r", "3", "-M", "3", "x"}, "--max-runs"},
                     {{"-P", "x", "1", "5", "-L", "y", "1", "c"}, "--parameter-list"},
                     {{"-D", "5", "c"}, "requires --parameter-scan"},
                     {{"--reference-name", "r", "c"}, "requires --reference"},
                     {{"--show-output", "--output", "null", "c"}, "--show-output"},
                     {{"--show-output", "--style", "full", "c"}, "--show-output"},
                     {{"--style", "foo", "c"}, "'foo'"},
                     {{"--sort", "foo", "c"}, "'foo'"},
                     {{"-u", "foo", "c"}, "'foo'"},
                     {{"-r"}, "--runs"}});
}

TEST(RunProbeRefuses, ComparisonsThatCannotBe) {
  expect_refused(2, {{{"--pairs", "0", "x", "y"}, "--pairs"},
                     {{"--pairs", "-3", "x", "y"}, "--pairs"},
                     {{"--pairs", "10", "x"}, "only one command"},
                     {{"--pairs", "9", "--precision", "1%", "x", "y"}, "--precision"},
                     {{"--pairs", "9", "-r", "9", "x", "y"}, "--runs"},
                     {{"--compare", "--order", "blocked", "x", "y"}, "--order"},
                     {{"--order", "sorted", "x", "y"}, "'sorted'"},
                     {{"--precision", "0", "x", "y"}, "--precision"},
                     {{"--margin", "-1", "x", "y"}, "--margin"},
                     {{"--margin", "0x10", "x", "y"}, "'0x10' is not a percentage from 0 to 100"},
                     {{"--precision", "101", "x", "y"}, "above 0 and at most 100"},
                     {{"--max-time", "soon", "x", "y"}, "--max-time"},
                     {{"--timeout", "soon", "x"}, "--timeout"},
                     {{"--seed", "x", "x"}, "--seed"}});
}

TEST(RunProbeRefuses, WhatCannotBeMeasuredHere) {
  expect_refused(2, {{{"--metric", "wal", "x", "y"}, "did you mean 'wall'?"},
                     {{"--metric", "page-faults", "x", "y"}, "unknown metric 'page-faults'"},
                     {{"--metric", "stdout:(", "x", "y"}, "wrong regular expression"},
                     {{"--counters", "page-fualts", "x"}, "'page-fualts'"},
                     {{"--counters", "page-fualts", "x"}, "hint: "},
                     {{"--counters", "qqqqqq", "x"}, "hint: "},
                     {{"--cpu", "8191", "x"}, "CPU 8191"},
                     {{"--cgroup", "/nowhere", "x"}, "/nowhere/cgroup.procs"}});
}

TEST(RunProbeRefuses, ToReplayWhatIsNoReport) {
  const TemporaryFolder folder;
  const auto hyperfines = folder.write("h.json", R"({"results": [{"command": "x", "mean": 1}]})");
  expect_refused(2, {{{"--replay", "/nowhere/run.json"}, "/nowhere/run.json"},
                     {{"--replay", "/proc/version"}, "/proc/version"},
                     {{"--replay", folder.write("empty", "")}, "empty"},
                     {{"--replay", hyperfines}, "h.json"}});
}

TEST(RunProbeRefuses, ToWriteFilesOfRunsInAReplay) {
  for (const char* option :
       {"--export-asciidoc", "--export-csv", "--export-json", "--json", "--export-markdown",
        "--export-orgmode", "--folded", "--speedscope", "--pprof"}) {
    const TemporaryFolder folder;
    expect_refused(2,
                   {{{"--replay", "run.json", option, folder.at("file")}, "--replay excludes "}});
    EXPECT_FALSE(std::filesystem::exists(folder.at("file")));
  }
}

TEST(RunProbeRefuses, CommandsThatFailWhereTheyMay) {
  const std::string missing = "no-such-program-b5d9574198b7e4b12a71";
  const auto fails_with = [](Words arguments, const std::string& words) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const auto outcome = run_probe(std::move(arguments));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr(words));
  };
  const std::string non_zero = "Command terminated with non-zero exit code";
  fails_with({"-r1", missing}, non_zero + " 127 in the first benchmark run");
  fails_with({"-r1", "-w1", "false"}, non_zero + " 1 in the first warmup run");
  fails_with({"-r1", "-N", "false"}, non_zero);
  fails_with({"-r1", "-N", missing}, "Failed to run command '" + missing + "'");
  fails_with({"-r1", "-N", "echo 'x"}, "Failed to parse command");
  fails_with({"-r1", "-N", "-s", missing, "true"},
             "The setup command terminated with a non-zero exit code.");
  fails_with({"-r1", "-N", "-p", "false", "true"},
             "The preparation command terminated with a non-zero exit code.");
  fails_with({"-r1", "-N", "-C", "false", "true"},
             "The conclusion command terminated with a non-zero exit code.");
  fails_with({"-r1", "-N", "-c", "false", "true"},
             "The cleanup command terminated with a non-zero exit code.");
  fails_with({"--pairs", "6", "-N", "true", "false"}, non_zero);
  fails_with({"-r1", "-S", missing, "true"}, "Could not measure shell execution time");
}

}  // namespace
}  // namespace bytepath::test
