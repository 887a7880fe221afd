#include "process/foreground.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bytepath::process {
namespace {

using namespace std::chrono_literals;

TEST(Foreground, RunsACommandAndTellsHowItEnded) {
  auto helper = SpawnHelper::start();
  ASSERT_TRUE(helper);
  const auto ended =
      run_in_foreground({.words = {"sh", "-c", "exit $GIVEN"}, .quiet = true}, "/bin/sh", *helper);
  ASSERT_TRUE(ended) << ended.error().message;
  ::setenv("GIVEN", "7", 1);
  const auto other =
      run_in_foreground({.words = {"sh", "-c", "exit $GIVEN"}, .quiet = true}, "/bin/sh", *helper);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(ended->exit_code(), 0);
  EXPECT_EQ(other->exit_code(), 7);
}

TEST(Foreground, SaysWhatToLookAtWhenItCannotRun) {
  auto helper = SpawnHelper::start();
  ASSERT_TRUE(helper);
  const auto refused = run_in_foreground({.words = {"passwd"}}, "/etc/passwd", *helper);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_FALSE(refused.error().hint.empty());
}

TEST(Attend, EndsWithTheProcess) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  const auto attended = attend(handle, std::nullopt, no_progress, "test");
  EXPECT_FALSE(attended.asked_to_stop);
  ::waitpid(child, nullptr, 0);
}

TEST(Attend, EndsWhenTheTimeIsOver) {
  const auto attended = attend(Descriptor(), 1ms, no_progress, "test");
  EXPECT_FALSE(attended.asked_to_stop);
  EXPECT_GE(attended.wall_ns, 1e6);
}

TEST(Attend, EndsWhenTheUserAsks) {
  const auto attended = attend(
      Descriptor(), std::nullopt, [](std::size_t, std::size_t, std::string_view) { return false; },
      "test");
  EXPECT_TRUE(attended.asked_to_stop);
}

}  // namespace
}  // namespace bytepath::process
