#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "support/probes.h"
#include "support/process.h"

// What holds for every probe, those yet to be written included.
namespace bytepath::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class EveryProbe : public testing::TestWithParam<std::string> {
 protected:
  Outcome probe(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), GetParam());
    return run({.arguments = std::move(arguments)});
  }
  std::string name() const { return base_name(GetParam()); }

  // One line that says which program, and a hint at most.
  void expect_error(const Outcome& outcome, int status, const std::string& named) {
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, StartsWith(name() + ": "));
    EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')), HasSubstr(named));
    const auto lines = std::ranges::count(outcome.err, '\n');
    EXPECT_LE(lines, 2) << outcome.err;
    if (lines == 2) {
      EXPECT_THAT(outcome.err, ContainsRegex("\n *hint: "));
    }
  }
};

TEST_P(EveryProbe, SaysItsVersion) {
  const auto outcome = probe({"--version"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, StartsWith(name() + " "));
  EXPECT_THAT(outcome.out, HasSubstr(BYTEPATH_TEST_VERSION));
  EXPECT_EQ(outcome.err, "");
}

TEST_P(EveryProbe, HelpShowsOptionsAndExamples) {
  const auto outcome = probe({"--help"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("\nUsage: " + name()));
  EXPECT_THAT(outcome.out, ContainsRegex("\nExamples:\n +" + name()));
  for (const char* option : {"--format", "--output", "--json", "--quiet", "--verbose", "--color",
                             "--replay", "--fail-on", "--version"}) {
    EXPECT_THAT(outcome.out, HasSubstr(option));
  }
  EXPECT_EQ(outcome.err, "");
}

TEST_P(EveryProbe, RefusesAnUnknownOption) {
  expect_error(probe({"--no-such-option"}), 2, "--no-such-option");
}

TEST_P(EveryProbe, SuggestsTheNearestOption) {
  const auto outcome = probe({"--verbos"});
  expect_error(outcome, 2, "--verbos");
  EXPECT_THAT(outcome.err, HasSubstr("--verbose"));
}

TEST_P(EveryProbe, RefusesAnUnknownArgument) { expect_error(probe({"no-such"}), 2, "no-such"); }

TEST_P(EveryProbe, RefusesAnUnknownFormat) {
  expect_error(probe({"--format", "no-such"}), 2, "no-such");
}

TEST_P(EveryProbe, RefusesAnUnknownColor) { expect_error(probe({"--color", "mauve"}), 2, "mauve"); }

TEST_P(EveryProbe, RefusesAnOutputWithAnUnknownSuffix) {
  expect_error(probe({"--output", "report.no-such"}), 2, "report.no-such");
}

TEST_P(EveryProbe, RefusesAReplayThatIsNotThere) {
  const auto outcome = probe({"--replay", "/nowhere/run.json"});
  EXPECT_NE(outcome.status, 0);
  expect_error(outcome, outcome.status, "/nowhere/run.json");
}

TEST_P(EveryProbe, RefusesAReplayThatIsNoDocument) {
  const auto outcome = probe({"--replay", "/proc/version"});
  EXPECT_NE(outcome.status, 0);
  expect_error(outcome, outcome.status, "/proc/version");
}

TEST_P(EveryProbe, FailsWhenAReportCannotBeWritten) {
  const auto outcome = probe({"--quiet", "--output", "/nowhere/report.txt"});
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("/nowhere/report.txt"));
  EXPECT_THAT(outcome.err, StartsWith(name() + ": "));
}

TEST_P(EveryProbe, FailsWhenStandardOutputIsFull) {
  const auto outcome = run({.arguments = {GetParam(), "--quiet"}, .output_path = "/dev/full"});
  EXPECT_EQ(outcome.status, 4) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
}

TEST_P(EveryProbe, FailsWhenStandardOutputIsClosed) {
  const auto outcome = run({.arguments = {GetParam(), "--quiet"}, .closed = {1}});
  EXPECT_EQ(outcome.status, 4) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("Bad file descriptor"));
}

TEST_P(EveryProbe, LeavesNoFileBehindWhenItRefuses) {
  const std::string folder = testing::TempDir() + name() + ".refused";
  ASSERT_EQ(run({.arguments = {"/bin/mkdir", "-p", folder}}).status, 0);
  const auto outcome =
      run({.arguments = {GetParam(), "-o", "report.txt", "--no-such-option"}, .directory = folder});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(run({.arguments = {"/bin/ls", "-A", folder}}).out, "");
}

INSTANTIATE_TEST_SUITE_P(Built, EveryProbe, testing::ValuesIn(probe_paths()),
                         [](const auto& instance) {
                           std::string name = base_name(instance.param);
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace bytepath::test
