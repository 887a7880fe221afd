#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "support/probes.h"
#include "support/process.h"
#include "support/temporary_folder.h"

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

  // run-probe keeps hyperfine's manner: "Error: ", status 1, and --output means something else.
  bool like_hyperfine() const { return name() == "run-probe"; }
  std::string report_option() const { return like_hyperfine() ? "--report" : "--output"; }
  std::string error_prefix() const { return like_hyperfine() ? "Error: " : name() + ": "; }
  int status_of_failure() const { return like_hyperfine() ? 1 : 4; }

  // What a program needs to have a report at all.
  std::vector<std::string> measuring(std::vector<std::string> arguments) const {
    const std::string saved = std::string(BYTEPATH_TEST_DATA) + "/compare/hyperfine.json";
    if (like_hyperfine())
      arguments.insert(arguments.end(), {"--debug-mode", "sleep 1", "-f", "text"});
    if (name() == "probe-compare") arguments.insert(arguments.end(), {saved, saved});
    if (name() == "chunk-probe") arguments.insert(arguments.end(), {"dedup", saved});
    if (name() == "tier-probe") {
      const std::vector<std::string> short_one = {"cpu", "--size",  "8M",       "--rounds",
                                                  "2",   "--parts", "bandwidth"};
      arguments.insert(arguments.end(), short_one.begin(), short_one.end());
    }
    if (name() == "lazyfs") {
      const std::string truth = std::string(BYTEPATH_TEST_DATA) + "/lazyfs/truth.csv";
      arguments.insert(arguments.end(), {"summary", truth});
    }
    if (name() == "fault-probe") arguments.insert(arguments.end(), {"map", saved, "--grid", "4K"});
    return arguments;
  }

  // One line that says which program, and a hint at most.
  void expect_error(const Outcome& outcome, int status, const std::string& named) {
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, StartsWith(error_prefix()));
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
  for (const std::string& option :
       {std::string("--format"), report_option(), std::string("--json"), std::string("--quiet"),
        std::string("--verbose"), std::string(like_hyperfine() ? "--style" : "--color"),
        std::string("--replay"), std::string("--fail-on"), std::string("--version")}) {
    EXPECT_THAT(outcome.out, HasSubstr(option));
  }
  EXPECT_EQ(outcome.err, "");
}

TEST_P(EveryProbe, SaysThatItsHelpCannotBeWritten) {
  for (const std::string option : {"--help", "--version"}) {
    const auto full = run({.arguments = {GetParam(), option}, .output_path = "/dev/full"});
    expect_error(full, status_of_failure(), "No space left on device");
    const auto closed = run({.arguments = {GetParam(), option}, .closed = {1}});
    expect_error(closed, status_of_failure(), "Bad file descriptor");
    // As "| head -1" may do it.
    const auto left =
        run({.arguments = {"/bin/bash", "-c", R"("$0" "$1" | exec true; echo "${PIPESTATUS[0]}")",
                           GetParam(), option}});
    EXPECT_EQ(left.out, "0\n");
    EXPECT_EQ(left.err, "");
  }
}

// A value of any length is repeated by its ends only, and its reason is not lost in it.
TEST_P(EveryProbe, CutsALongValueInItsError) {
  const std::string value = "first" + std::string(100'000, 'x') + "last";
  for (const auto& option :
       {std::string("--format"), std::string("--fail-on"),
        std::string(like_hyperfine() ? "--style" : "--color"), std::string("--replay")}) {
    SCOPED_TRACE(option);
    const auto outcome = probe({option, value});
    expect_error(outcome, option == "--replay" ? outcome.status : 2, "first");
    EXPECT_NE(outcome.status, 0);
    EXPECT_LT(outcome.err.size(), 2000U);
    EXPECT_THAT(outcome.err, ContainsRegex("x \\[[0-9]+ bytes left out\\] x"));
  }
}

TEST_P(EveryProbe, RefusesAnUnknownOption) {
  expect_error(probe({"--no-such-option"}), 2, "--no-such-option");
}

TEST_P(EveryProbe, SuggestsTheNearestOption) {
  const auto outcome = probe({"--verbos"});
  expect_error(outcome, 2, "--verbos");
  EXPECT_THAT(outcome.err, HasSubstr("--verbose"));
}

TEST_P(EveryProbe, RefusesAnUnknownArgument) {
  if (like_hyperfine() || name() == "probe-compare") {
    GTEST_SKIP() << "its arguments are commands or files";
  }
  expect_error(probe({"no-such"}), 2, "no-such");
}

TEST_P(EveryProbe, RefusesAnUnknownFormat) {
  expect_error(probe({"--format", "no-such"}), 2, "no-such");
}

TEST_P(EveryProbe, RefusesAnUnknownColor) {
  expect_error(probe({like_hyperfine() ? "--style" : "--color", "mauve"}), 2, "mauve");
}

TEST_P(EveryProbe, RefusesAnOutputWithAnUnknownSuffix) {
  expect_error(probe({report_option(), "report.no-such"}), 2, "report.no-such");
}

// "--output=$NAME" of a variable that is not set must not take the next word, and with it perhaps
// overwrite what was to be read.
TEST_P(EveryProbe, RefusesAnEmptyValue) {
  for (const auto& option : {report_option(), std::string("--replay"), std::string("--format")}) {
    SCOPED_TRACE(option);
    expect_error(probe(measuring({option + "="})), 2, option + ": ");
    expect_error(probe(measuring({option, ""})), 2, option + ": ");
  }
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
  const auto outcome = probe(measuring({"--quiet", report_option(), "/nowhere/report.txt"}));
  EXPECT_EQ(outcome.status, status_of_failure());
  EXPECT_THAT(outcome.err, HasSubstr("/nowhere/report.txt"));
  EXPECT_THAT(outcome.err, StartsWith(error_prefix()));
}

TEST_P(EveryProbe, FailsWhenStandardOutputIsFull) {
  const auto outcome =
      run({.arguments = measuring({GetParam(), "--quiet"}), .output_path = "/dev/full"});
  EXPECT_EQ(outcome.status, status_of_failure()) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
}

TEST_P(EveryProbe, FailsWhenStandardOutputIsClosed) {
  const auto outcome = run({.arguments = measuring({GetParam(), "--quiet"}), .closed = {1}});
  EXPECT_EQ(outcome.status, status_of_failure()) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("Bad file descriptor"));
}

TEST_P(EveryProbe, FailsWhenAFileMayNotBeThatLarge) {
  const TemporaryFolder folder;
  const auto outcome =
      run({.arguments = measuring({"/bin/sh", "-c", "ulimit -f 0; exec \"$@\"", "sh", GetParam(),
                                   "--quiet", report_option(), "report.txt"}),
           .directory = folder.path()});
  EXPECT_EQ(outcome.status, status_of_failure()) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("File too large"));
  EXPECT_TRUE(folder.names().empty());
}

TEST_P(EveryProbe, LeavesNoFileBehindWhenItRefuses) {
  const TemporaryFolder folder;
  const auto outcome = run({.arguments = {GetParam(), "-o", "report.txt", "--no-such-option"},
                            .directory = folder.path()});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(folder.names().empty());
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
