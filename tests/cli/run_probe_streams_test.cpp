#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_probe.h"

// What the commands of run-probe read and write, what runs them, and how they may fail.
namespace bytepath::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

std::string out_of(const Words& arguments, const std::string& directory = "") {
  const auto outcome = run_probe(arguments, {.input = "typed\n", .directory = directory});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return outcome.out;
}

TEST(RunProbeOutput, OfTheCommandsIsShownOnlyWhenAsked) {
  // The names keep the words of the command lines out of the report.
  const Words base = {"-N", "-r2", "-n", "name", "echo said"};
  const auto with = [&](Words more) {
    more.insert(more.end(), base.begin(), base.end());
    return out_of(more);
  };
  EXPECT_THAT(with({}), Not(HasSubstr("said")));
  EXPECT_THAT(with({"--output=null"}), Not(HasSubstr("said")));
  EXPECT_THAT(with({"--output=pipe"}), Not(HasSubstr("said")));
  EXPECT_THAT(with({"--show-output"}), HasSubstr("said\nsaid\n"));
  EXPECT_THAT(with({"--output=inherit"}), HasSubstr("said\nsaid\n"));
}

TEST(RunProbeOutput, GoesToAFileForEachCommand) {
  const TemporaryFolder folder;
  out_of({"-N", "-r2", "--output=./one", "--output=./two", "echo 1", "echo 2"}, folder.path());
  EXPECT_EQ(folder.read("one"), "1\n");
  EXPECT_EQ(folder.read("two"), "2\n");
}

TEST(RunProbeInput, IsEmptyOrAFileAndNeverTheTerminal) {
  const TemporaryFolder folder;
  folder.write("in", "of a file\n");
  const Words cat = {"-N", "-r1", "--show-output", "cat"};
  EXPECT_THAT(out_of(cat), Not(HasSubstr("typed")));
  auto file = cat;
  file.insert(file.begin(), {"--input", "in"});
  EXPECT_THAT(out_of(file, folder.path()), HasSubstr("of a file\n"));
  file[1] = "null";
  EXPECT_THAT(out_of(file), Not(HasSubstr("typed")));
}

TEST(RunProbeShell, IsShUnlessToldOtherwise) {
  EXPECT_THAT(out_of({"-r1", "--show-output", "-n", "n", "echo $0 $((1+1))"}), HasSubstr("sh 2\n"));
  EXPECT_THAT(out_of({"-r1", "--show-output", "-S", "default", "-n", "n", "echo $((1+1))"}),
              HasSubstr("2\n"));
  EXPECT_THAT(
      out_of({"-r1", "--show-output", "-S", "echo 'custom_shell' '--shell-arg'", "echo benchmark"}),
      HasSubstr("custom_shell --shell-arg -c echo benchmark\n"));
}

TEST(RunProbeShell, OfNoneSplitsWordsAsAShellDoes) {
  for (const Words& none : {Words{"-N"}, Words{"--shell=none"}}) {
    auto arguments = none;
    arguments.insert(arguments.end(), {"-r1", "--show-output", "-n", "n",
                                       R"(echo 'hello   world' "a\"b" c\ d $HOME)"});
    EXPECT_THAT(out_of(arguments), HasSubstr("hello   world a\"b c d $HOME\n"));
  }
}

TEST(RunProbeFailures, AreIgnoredWhenAllowed) {
  const auto status = [](Words arguments) {
    arguments.insert(arguments.begin(), {"-r1", "-N"});
    return run_probe(arguments).status;
  };
  EXPECT_EQ(status({"-i", "sh -c 'exit 3'"}), 0);
  EXPECT_EQ(status({"--ignore-failure", "sh -c 'exit 3'"}), 0);
  EXPECT_EQ(status({"-i=3", "sh -c 'exit 3'"}), 0);
  EXPECT_EQ(status({"-i=1,3", "sh -c 'exit 3'"}), 0);
  EXPECT_EQ(status({"--ignore-failure=1,2", "sh -c 'exit 3'"}), 1);
  EXPECT_EQ(status({"-i=all-non-zero", "sh -c 'exit 3'"}), 0);
  // Only of the measured commands.
  EXPECT_EQ(status({"-i", "-p", "false", "true"}), 1);
}

TEST(RunProbeFailures, AreInTheExitCodes) {
  const auto session =
      session_json({"-N", "-i", "-r2", "sh -c 'exit 3'", "sh -c 'kill -9 $$'", "true"});
  EXPECT_EQ(session["results"][0]["exit_codes"], nlohmann::json({3, 3}));
  EXPECT_EQ(session["results"][1]["exit_codes"], nlohmann::json({137, 137}));
  EXPECT_EQ(session["results"][2]["exit_codes"], nlohmann::json({0, 0}));
}

TEST(RunProbeFailures, BySignalsAreNamed) {
  const auto outcome = run_probe({"-N", "-r2", "sh -c 'kill -9 $$'"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("signal"));
}

TEST(RunProbeDescriptors, ThatAreClosedDoNotReachTheCommands) {
  const auto outcome =
      run_probe({"-N", "-r2", "-n", "n", "--show-output", "sh -c 'cat; echo ok'"}, {.closed = {0}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("ok\nok\n"));
  EXPECT_EQ(run_probe({"-N", "-r2", "true"}, {.closed = {0, 2}}).status, 0);
  EXPECT_NE(run_probe({"-N", "-r2", "true"}, {.closed = {1}}).status, 0);
  EXPECT_NE(run_probe({"-N", "-r2", "true"}, {.output_path = "/dev/full"}).status, 0);
}

TEST(RunProbeDescriptors, OfTheToolAreNotInherited) {
  const TemporaryFolder folder;
  out_of({"-N", "-r1", "--output=./fds", "--export-json", "x.json", "ls /proc/self/fd"},
         folder.path());
  // The fourth is the folder that ls itself reads.
  EXPECT_EQ(folder.read("fds"), "0\n1\n2\n3\n");
}

TEST(RunProbeOutput, OfGigabytesIsReadAndNotKept) {
  for (const Words& how : {Words{"--output=pipe", "head -c 3G /dev/zero"},
                           Words{"--metric", "stdout:([0-9]+)", "head -c 1G /dev/zero"}}) {
    Words arguments = {"-N", "-r1", "-w0"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    const auto outcome = run_probe(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    constexpr long kib_of_100_mib = 100 << 10;
    EXPECT_LT(outcome.peak_rss_kib, kib_of_100_mib);
  }
}

}  // namespace
}  // namespace bytepath::test
