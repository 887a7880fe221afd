#include "process/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "support/temporary_folder.h"

namespace bytepath::process {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Result<Captured> shell(const std::string& script, const CaptureOptions& options = {}) {
  return capture({"/bin/sh", "-c", script}, options);
}

Captured captured(const Result<Captured>& result) {
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or(Captured{.exit_status = -1});
}

TEST(Capture, ReturnsStandardOutputAndStatus) {
  const auto ran = captured(shell("printf 'a\\0b\\n'; echo why >&2; exit 3"));
  EXPECT_EQ(ran.errors, "why\n");
  EXPECT_EQ(ran.output, std::string("a\0b\n", 4));
  EXPECT_EQ(ran.exit_status, 3);
  EXPECT_EQ(captured(shell("true")).exit_status, 0);
}

TEST(Capture, ReturnsMoreThanAPipeHolds) {
  EXPECT_EQ(captured(shell("head -c 1000000 /dev/zero")).output.size(), 1'000'000U);
}

TEST(Capture, SaysWhichSignalEndedIt) {
  EXPECT_EQ(captured(shell("kill -TERM $$")).exit_status, 128 + SIGTERM);
  EXPECT_EQ(captured(shell("kill -KILL $$")).exit_status, 128 + SIGKILL);
}

TEST(Capture, ItFindsSignalsAsAShellLeavesThem) {
  for (const int number : {SIGPIPE, SIGXFSZ}) {
    (void)std::signal(number, SIG_IGN);
    const auto ran = captured(shell(fmt::format("kill -{} $$; exit 9", number)));
    (void)std::signal(number, SIG_DFL);
    EXPECT_EQ(ran.exit_status, 128 + number);
  }
}

TEST(Capture, PassesArgumentsAsTheyAre) {
  EXPECT_EQ(captured(capture({"/bin/echo", "-n", "a  b", "$HOME", ""})).output, "a  b $HOME ");
}

TEST(Capture, GivesItNothingToRead) { EXPECT_EQ(captured(shell("cat; echo end")).output, "end\n"); }

TEST(Capture, SetsVariablesOnTopOfOurs) {
  ASSERT_EQ(setenv("BYTEPATH_TEST_KEPT", "kept", 1), 0);
  ASSERT_EQ(setenv("BYTEPATH_TEST_SET", "old", 1), 0);
  const auto ran =
      captured(capture({"/usr/bin/env"},
                       {.environment = {{"BYTEPATH_TEST_SET", "new"}, {"BYTEPATH_TEST", "=a b"}}}));
  EXPECT_THAT(ran.output, HasSubstr("BYTEPATH_TEST_KEPT=kept\n"));
  EXPECT_THAT(ran.output, HasSubstr("BYTEPATH_TEST_SET=new\n"));
  EXPECT_THAT(ran.output, HasSubstr("BYTEPATH_TEST==a b\n"));
  EXPECT_THAT(ran.output, testing::Not(HasSubstr("BYTEPATH_TEST_SET=old")));
  EXPECT_STREQ(getenv("BYTEPATH_TEST_SET"), "old");
}

TEST(Capture, SaysWhatCannotBeRun) {
  const auto missing = capture({"/no/such/program"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "cannot run /no/such/program: No such file or directory");
  const auto no_program = capture({"/etc/passwd"});
  ASSERT_FALSE(no_program);
  EXPECT_EQ(no_program.error().kind, ErrorKind::denied);
  EXPECT_FALSE(capture({"echo"})) << "the PATH is not searched";
}

TEST(Capture, KillsWhatRunsTooLong) {
  const auto start = std::chrono::steady_clock::now();
  const auto ran = capture({"/bin/sleep", "60"}, {.time_limit = 100ms});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().kind, ErrorKind::failed);
  EXPECT_EQ(ran.error().message, "/bin/sleep: ran longer than its time limit");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

// The end of its output is not the end of the program.
TEST(Capture, KillsWhatRunsOnAfterItsOutput) {
  const auto ran = shell("echo text; exec sleep 60 >&-", {.time_limit = 200ms});
  ASSERT_FALSE(ran);
  EXPECT_THAT(ran.error().message, HasSubstr("ran longer than its time limit"));
}

TEST(Capture, WaitsForWhatEndsSoonAfterItsOutput) {
  EXPECT_EQ(captured(shell("exec >&-; sleep 0.2; exit 5")).exit_status, 5);
}

TEST(Capture, KillsWhatWritesTooMuch) {
  const auto ran = shell("exec cat /dev/zero", {.max_output = 1'000'000});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().message, "/bin/sh: wrote more than its limit");
  EXPECT_EQ(captured(shell("printf 12345", {.max_output = 5})).output, "12345");
}

TEST(Capture, KeepsTheEndOfStandardError) {
  const auto ran = captured(shell("head -c 1000000 /dev/zero >&2; echo last >&2"));
  EXPECT_EQ(ran.errors.size(), max_errors);
  EXPECT_TRUE(ran.errors.ends_with("last\n"));
  EXPECT_EQ(ran.output, "");
}

// Nor does it wait for what the program left behind.
TEST(Capture, KeepsWhatWasWrittenToStandardErrorLast) {
  const auto ran = captured(shell("sleep 60 >/dev/null & exec >&-; sleep 0.1; echo $! >&2"));
  ASSERT_FALSE(ran.errors.empty());
  EXPECT_EQ(kill(std::stoi(ran.errors), SIGKILL), 0);
}

TEST(Capture, AnInterruptedProgramMayCleanUp) {
  const test::TemporaryFolder folder;
  int asked = 0;
  const auto ran = shell("trap 'echo clean > end; exit' TERM; sleep 60 & wait",
                         {.directory = folder.path(), .interrupted = [&] { return ++asked > 2; }});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().message, "/bin/sh: interrupted");
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(folder.read("end"), "clean\n");
}

TEST(Capture, WhatDoesNotHeedAnInterruptIsKilled) {
  const auto start = std::chrono::steady_clock::now();
  int asked = 0;
  const auto ran =
      shell("trap '' TERM; exec sleep 60", {.interrupted = [&] { return ++asked > 3; }});
  ASSERT_FALSE(ran);
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, 2s);
  EXPECT_LT(took, 30s);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "it was not reaped";
}

// Started by a shell that waits for it, which a signal to the shell alone does not reach.
TEST(Capture, EndsWhatTheProgramStartedToo) {
  const test::TemporaryFolder folder;
  const std::string script = "(sleep 60 & echo $! > pid.new; mv pid.new pid; wait); true";
  const auto is_started = [&] { return std::filesystem::exists(folder.path() + "/pid"); };
  const auto expect_gone = [&](const char* why) {
    const pid_t started = std::stoi(folder.read("pid"));
    std::filesystem::remove(folder.path() + "/pid");
    const auto end = std::chrono::steady_clock::now() + 30s;
    // A zombie until whoever got it has reaped it.
    const auto is_running = [&] {
      const auto status = read_file(fmt::format("/proc/{}/stat", started));
      return status && status->find(") Z ") == std::string::npos;
    };
    while (is_running() && std::chrono::steady_clock::now() < end) usleep(10'000);
    EXPECT_FALSE(is_running()) << why;
    if (is_running()) kill(started, SIGKILL);
  };
  EXPECT_FALSE(shell(script, {.directory = folder.path(), .interrupted = is_started}));
  expect_gone("interrupted");
  EXPECT_FALSE(shell(script + "; exec sleep 60", {.time_limit = 5s, .directory = folder.path()}));
  expect_gone("over its time limit");
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(Capture, LeavesNoZombieAndNoDescriptor) {
  const auto before = open_descriptors();
  (void)shell("true");
  (void)capture({"/no/such/program"});
  (void)capture({"/bin/sleep", "60"}, {.time_limit = 10ms});
  (void)shell("exec cat /dev/zero", {.max_output = 10});
  (void)shell("exec sleep 60 >&-", {.time_limit = 50ms});
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace bytepath::process
