#include "support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

Command shell(const std::string& script) { return {.arguments = {"/bin/sh", "-c", script}}; }

TEST(Process, KeepsOutputErrorsAndStatusApart) {
  const auto outcome = run(shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(outcome.status, 7);
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
  EXPECT_FALSE(outcome.timed_out);
}

TEST(Process, PassesInputEnvironmentAndFolder) {
  auto command = shell("cat; echo $WORD; pwd");
  command.input = std::string(300'000, 'x') + "\n";  // more than a pipe holds
  command.environment.emplace_back("WORD=word");
  command.directory = "/";
  EXPECT_EQ(run(command).out, command.input + "word\n/\n");
}

TEST(Process, ClosesDescriptors) {
  auto command = shell("echo lost; echo $? >&2");
  command.closed = {1};
  const auto outcome = run(command);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, testing::Not(HasSubstr("\n0\n")));
}

TEST(Process, SendsOutputToAPath) {
  auto command = shell("echo lost");
  command.output_path = "/dev/full";
  EXPECT_NE(run(command).status, 0);
}

TEST(Process, KillsAtTheLimit) {
  auto command = shell("exec 1>&- 2>&-; exec sleep 60");
  command.limit = milliseconds(100);
  const auto outcome = run(command);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.status, 128 + SIGKILL);
}

TEST(Process, DoesNotWaitForGrandchildren) {
  auto command = shell("sleep 5 & echo started");
  command.limit = std::chrono::seconds(4);
  const auto outcome = run(command);
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(outcome.out, "started\n");
}

TEST(Process, Interrupts) {
  auto command = shell("trap 'echo caught; exit 130' INT; while :; do sleep 0.01; done");
  command.interrupt_after = milliseconds(200);
  const auto outcome = run(command);
  EXPECT_EQ(outcome.status, 130);
  EXPECT_EQ(outcome.out, "caught\n");
}

TEST(Process, SaysThatThereIsNoSuchProgram) {
  EXPECT_EQ(run({.arguments = {"/nowhere/at-all"}}).status, 127);
}

}  // namespace
}  // namespace bytepath::test
