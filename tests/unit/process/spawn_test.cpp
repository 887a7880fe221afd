#include "process/spawn.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <thread>

#include "process/embedded_programs.h"
#include "support/temporary_folder.h"

namespace bytepath::process {
namespace {

using testing::HasSubstr;

// A killed process stays as a zombie until whoever inherited it notices.
bool is_gone(pid_t pid) {
  for (int i = 0; i < 250; ++i) {
    if (kill(pid, 0) != 0) return true;
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(stat, line);
    if (line.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

class Spawn : public testing::Test {
 protected:
  Spawn() : null_(open("/dev/null", O_RDWR | O_CLOEXEC)) {
    auto helper = SpawnHelper::start([this] { return interrupted_; });
    EXPECT_TRUE(helper.has_value()) << helper.error().message;
    if (helper) helper_.emplace(*std::move(helper));
  }

  SpawnRequest shell(const std::string& script) const {
    return {.path = "/bin/sh",
            .arguments = {"sh", "-c", script},
            .environment = {"PATH=/usr/bin:/bin"},
            .input = null_.get(),
            .output = null_.get(),
            .error = null_.get()};
  }

  SpawnOutcome run(const SpawnRequest& request) {
    auto outcome = helper_->run(request);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
    return outcome ? *outcome : SpawnOutcome{};
  }

  // What a shell script prints.
  std::string output_of(SpawnRequest request) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    const Descriptor reading(ends[0]);
    fcntl(reading.get(), F_SETFL, O_NONBLOCK);
    Descriptor writing(ends[1]);
    std::string text;
    request.output = writing.get();
    request.drain = reading.get();
    request.keep = [&](std::string_view piece) { text += piece; };
    run(request);
    return text;
  }

  Descriptor null_;
  bool interrupted_ = false;
  std::optional<SpawnHelper> helper_;
};

// A helper that cannot begin says so by ending; nothing else may hold its socket open.
TEST(SpawnStart, IsRefusedWithoutDescriptorsForTheHelper) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(20);
    // As many as this process has, and the few that it opens before it starts the helper.
    const int next = dup(STDERR_FILENO);
    close(next);
    const rlimit few{static_cast<rlim_t>(next) + 5, static_cast<rlim_t>(next) + 5};
    setrlimit(RLIMIT_NOFILE, &few);
    const auto helper = SpawnHelper::start();
    _exit(!helper && helper.error().kind == ErrorKind::unsupported ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "it waited without end: signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Spawn, TellsHowAProgramEnded) {
  EXPECT_EQ(run(shell("exit 0")).exit_code(), 0);
  EXPECT_EQ(run(shell("exit 7")).exit_code(), 7);
  EXPECT_EQ(run(shell("kill -9 $$")).exit_code(), 128 + SIGKILL);
}

TEST_F(Spawn, TimesTheWholeRun) {
  const auto outcome = run(shell("sleep 0.05"));
  EXPECT_GE(outcome.ended_ns - outcome.started_ns, 50'000'000U);
  EXPECT_GT(outcome.minor_faults, 0U);
}

TEST_F(Spawn, GivesArgumentsAndEnvironmentAsTheyAre) {
  auto request = shell("printf '%s|' \"$0\" \"$@\" \"$NAME\" \"$HOME\"");
  request.arguments = {"sh", "-c", request.arguments[2], "zero", "", "a b", "\xff"};
  request.environment.emplace_back("NAME=x=y");
  EXPECT_EQ(output_of(request), "zero||a b|\xff|x=y||");
}

TEST_F(Spawn, TakesAnEnvironmentLargerThanASocketHolds) {
  auto request = shell("printf %s ${#A}");
  for (char name = 'A'; name <= 'P'; ++name) {
    request.environment.push_back(std::string(1, name) + "=" + std::string(100'000, 'x'));
  }
  EXPECT_EQ(output_of(request), "100000");
  EXPECT_EQ(output_of(shell("printf %s ${#A}")), "0");  // nothing stays from the last time
}

TEST_F(Spawn, ReadsMoreOutputThanAPipeHolds) {
  EXPECT_EQ(output_of(shell("head -c 1000000 /dev/zero")).size(), 1'000'000U);
}

TEST_F(Spawn, DoesNotWaitForABackgroundProcessThatKeepsTheOutput) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(output_of(shell("echo now; sleep 100 & echo $! >" + folder.at("pid"))), "now\n");
  EXPECT_EQ(kill(std::stoi(folder.read("pid")), SIGKILL), 0);  // it still runs
}

TEST_F(Spawn, SaysWhyAProgramCannotBeRun) {
  auto request = shell("");
  request.path = "/nonexistent";
  request.arguments = {"/nonexistent"};
  const auto outcome = helper_->run(request);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().message, "cannot run '/nonexistent': No such file or directory");
  EXPECT_EQ(run(shell("exit 3")).exit_code(), 3);  // and goes on
}

TEST_F(Spawn, EndsTheWholeGroupAtTheTimeLimit) {
  const test::TemporaryFolder folder;
  auto request = shell("sleep 30 & echo $! >" + folder.at("pid") + "; wait");
  request.timeout = std::chrono::milliseconds(300);
  const auto outcome = run(request);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.exit_code(), 128 + SIGKILL);
  EXPECT_TRUE(is_gone(std::stoi(folder.read("pid"))));
}

TEST_F(Spawn, ATimeLimitThatIsNotReachedDoesNothing) {
  auto request = shell("exit 5");
  request.timeout = std::chrono::seconds(60);
  const auto outcome = run(request);
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(outcome.exit_code(), 5);
}

TEST_F(Spawn, EndsAProgramThatIgnoresBeingInterrupted) {
  interrupted_ = true;
  const auto outcome = run(shell("trap '' INT TERM; sleep 30; sleep 30"));
  EXPECT_EQ(outcome.exit_code(), 128 + SIGKILL);
}

TEST_F(Spawn, LeavesAProgramAloneThatMustNotBeInterrupted) {
  interrupted_ = true;
  auto request = shell("kill -TERM " + std::to_string(helper_->pid()) + "; exit 4");
  request.interruptible = false;
  EXPECT_EQ(run(request).exit_code(), 4);
}

TEST_F(Spawn, KeepsAProgramInItsOwnGroupOrInOurs) {
  auto request = shell("read -r pid name state parent group rest </proc/$$/stat; echo $group");
  request.own_group = false;
  EXPECT_EQ(output_of(request), std::to_string(getpgrp()) + "\n");
  request.own_group = true;
  EXPECT_NE(output_of(request), std::to_string(getpgrp()) + "\n");
}

TEST_F(Spawn, ProgramsFindSignalsAsAShellLeavesThem) {
  for (const int number : {SIGPIPE, SIGXFSZ}) {
    (void)std::signal(number, SIG_IGN);
    auto helper = SpawnHelper::start();
    (void)std::signal(number, SIG_DFL);
    ASSERT_TRUE(helper.has_value());
    const auto outcome = helper->run(shell(fmt::format("kill -{} $$; exit 9", number)));
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->exit_code(), 128 + number);
  }
}

TEST_F(Spawn, NoDescriptorLeaksIntoPrograms) {
  const Descriptor leaking(open("/dev/null", O_RDONLY));  // no O_CLOEXEC
  auto helper = SpawnHelper::start();
  ASSERT_TRUE(helper.has_value());
  helper_.emplace(*std::move(helper));
  // 3 is the folder that ls itself has open.
  EXPECT_EQ(output_of(shell("exec ls /proc/self/fd")), "0\n1\n2\n3\n");
}

// ru_maxrss of a child begins at the size of the process that starts it.
TEST_F(Spawn, MemoryIsThatOfTheProgramAlone) {
  const std::vector<char> large(64U << 20, 1);  // of ours
  auto program = executable(empty_program_image(), "empty");
  ASSERT_TRUE(program.has_value()) << program.error().message;
  auto request = shell("");
  request.program = &*program;
  request.arguments = {"empty"};
  const auto before = run(request);
  EXPECT_EQ(before.exit_code(), 0);
  run(shell("head -c 200000000 /dev/zero | tail -c 1"));  // a large one in between
  const auto after = run(request);
  EXPECT_LE(before.max_rss_kib, 1024U);
  EXPECT_LE(after.max_rss_kib, 1024U);
}

TEST_F(Spawn, PinsProgramsToACpu) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  unsigned cpu = 0;
  while (!CPU_ISSET(cpu, &allowed)) ++cpu;
  ASSERT_TRUE(helper_->pin_to(cpu).has_value());
  EXPECT_EQ(output_of(shell("nproc")), "1\n");
  const auto refused = helper_->pin_to(100'000);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
}

TEST_F(Spawn, GivesUpItsRights) {
  if (geteuid() != 0) GTEST_SKIP() << "only root has rights to give up";
  const Credentials nobody{.user = 65534, .group = 65533, .groups = {65533, 65532}};
  auto request = shell("id -u; id -g; id -G");
  request.credentials = &nobody;
  EXPECT_EQ(output_of(request), "65534\n65533\n65533 65532\n");
}

TEST_F(Spawn, ProgramsEndWhenTheHelperIsKilled) {
  const test::TemporaryFolder folder;
  std::thread killer([&] {
    while (folder.read("pid").empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    kill(helper_->pid(), SIGKILL);
  });
  const auto outcome = helper_->run(shell("echo $$ >" + folder.at("pid") + "; exec sleep 30"));
  killer.join();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_THAT(outcome.error().message, HasSubstr("helper has ended"));
  EXPECT_TRUE(is_gone(std::stoi(folder.read("pid"))));
}

TEST(FindProgram, LooksInPathAndNowhereElse) {
  EXPECT_THAT(find_program("sh").value_or(""), testing::EndsWith("/sh"));
  EXPECT_EQ(find_program("./x/y").value_or(""), "./x/y");
  EXPECT_FALSE(find_program("").has_value());
  const test::TemporaryFolder folder;
  setenv("PATH", folder.path().c_str(), 1);
  EXPECT_EQ(mkdir(folder.at("tool").c_str(), 0755), 0);
  EXPECT_FALSE(find_program("tool").has_value());  // a folder is no program
  EXPECT_FALSE(find_program("no-such-program-b5d95741").has_value());
}

TEST(InvokingUser, IsWhoCalledSudo) {
  if (geteuid() != 0) {
    EXPECT_FALSE(invoking_user().has_value());
    GTEST_SKIP() << "the rest needs root";
  }
  unsetenv("SUDO_UID");
  EXPECT_FALSE(invoking_user().has_value());
  setenv("SUDO_UID", "65534", 1);
  setenv("SUDO_GID", "65534", 1);
  ASSERT_TRUE(invoking_user().has_value());
  EXPECT_EQ(invoking_user()->user, 65534U);
  setenv("SUDO_UID", "0", 1);
  EXPECT_FALSE(invoking_user().has_value());
  unsetenv("SUDO_UID");
  unsetenv("SUDO_GID");
}

}  // namespace
}  // namespace bytepath::process
