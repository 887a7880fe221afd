#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "recorded_run.h"

namespace bytepath::intercept {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class CommandTest : public InterceptedRun {
 protected:
  Recorder recorder_{file_};

  // A test of this program as the command: it maps file_, see below.
  Request helper(const std::string& test, Policy policy) const {
    Request result = request({"/proc/self/exe", "--gtest_also_run_disabled_tests",
                              "--gtest_filter=Helper.DISABLED_" + test});
    result.path = std::string(std::filesystem::read_symlink("/proc/self/exe"));
    result.environment.push_back("BYTEPATH_TEST_FILE=" + file_);
    result.policy = policy;
    return result;
  }
  Request toucher(const std::vector<std::string>& options, Policy policy) const {
    std::vector<std::string> arguments{BYTEPATH_TOUCHER, file_, "every:20"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    Request result = request(std::move(arguments));
    result.policy = policy;
    return result;
  }
};

TEST_F(CommandTest, SaysWhyAProgramCannotBeRun) {
  for (const auto& [path, why] : std::map<std::string, std::string>{
           {"/nonexistent/program", "No such file"}, {"/", "Is a directory"}, {file_, "denied"}}) {
    const auto command = Command::start(request({path}));
    ASSERT_FALSE(command.has_value()) << path;
    EXPECT_EQ(command.error().kind, ErrorKind::usage);
    EXPECT_THAT(command.error().message, HasSubstr(why));
    EXPECT_THAT(command.error().message, HasSubstr("'" + path + "'"));
  }
}

TEST_F(CommandTest, SaysWhyExecveFails) {
  const std::string script = folder_.write("script", "#!/nonexistent/interpreter\n");
  chmod(script.c_str(), 0755);
  auto command = Command::start(request({script}));
  ASSERT_TRUE(command.has_value()) << command.error().message;
  const auto outcome = command->run(recorder_);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::usage);
  EXPECT_THAT(outcome.error().message, HasSubstr("No such file"));
}

TEST_F(CommandTest, StandsStillUntilItIsLetGo) {
  auto command = Command::start(shell("exit 7"));
  ASSERT_TRUE(command.has_value()) << command.error().message;
  usleep(20000);
  EXPECT_EQ(waitid(P_PID, static_cast<id_t>(command->pid()), nullptr, WEXITED | WNOHANG | WNOWAIT),
            0);
  EXPECT_EQ(kill(command->pid(), 0), 0);
  const auto outcome = command->run(recorder_);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->exit_code(), 7);
  EXPECT_GT(outcome->ended_ns, outcome->started_ns);
}

TEST_F(CommandTest, IsKilledWhenItIsNotWanted) {
  pid_t pid = 0;
  {
    const auto command = Command::start(shell("exit 7"));
    ASSERT_TRUE(command.has_value()) << command.error().message;
    pid = command->pid();
  }
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1) << "it is still there";
}

TEST_F(CommandTest, PassesSignalsOn) {
  EXPECT_EQ(run(shell("kill -TERM $$"), recorder_).exit_code(), 128 + SIGTERM);
  EXPECT_EQ(run(shell("trap 'exit 5' USR1; kill -USR1 $$; exit 6"), recorder_).exit_code(), 5);
  EXPECT_EQ(run(shell("kill -KILL $$"), recorder_).exit_code(), 128 + SIGKILL);
}

TEST_F(CommandTest, AStoppedProcessStaysStoppedUntilItIsContinued) {
  // The child writes to the file only once it has been continued, which is after the check.
  const std::string out = folder_.at("out");
  const Outcome outcome =
      run(shell("(kill -STOP $(exec sh -c 'echo $PPID'); echo late >>" + out +
                ") & child=$!; sleep 0.2; echo early >>" + out + "; kill -CONT $child; wait"),
          recorder_);
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_EQ(folder_.read("out"), "early\nlate\n");
}

TEST_F(CommandTest, WaitsForProcessesThatOutliveTheFirst) {
  const Outcome outcome =
      run(shell("(sleep 0.2; echo done >" + folder_.at("out") + ") & exit 3"), recorder_);
  EXPECT_EQ(outcome.exit_code(), 3);
  EXPECT_EQ(folder_.read("out"), "done\n");
}

TEST_F(CommandTest, InterruptsAllProcesses) {
  Request request = shell("sleep 100 & sleep 100");
  request.interrupted = [] { return true; };
  const Outcome outcome = run(request, recorder_);
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.exit_code(), 128 + SIGINT);
}

TEST_F(CommandTest, TicksWhileItWaits) {
  int ticks = 0;
  run(shell("sleep 0.3"), recorder_, [&] { ++ticks; });
  EXPECT_GT(ticks, 3);
}

TEST_F(CommandTest, LeavesTheSignalMaskAsItWas) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  run(request({"/bin/true"}), recorder_);
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGCHLD), sigismember(&after, SIGCHLD));
  EXPECT_EQ(sigismember(&after, SIGINT), 0);
}

TEST_F(CommandTest, TheProgramFindsOnlyItsThreeDescriptors) {
  const int leaked = dup(0);  // without close-on-exec
  Request request = shell("ls /proc/self/fd >" + folder_.at("out"));
  run(request, recorder_);
  close(leaked);
  EXPECT_EQ(folder_.read("out"), "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST_F(CommandTest, LeavesNoDescriptorInTheProgram) {
  const Outcome outcome = run(helper("NextDescriptorAfterMapping", Policy::exact), recorder_);
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_THAT(recorder_.mappings, testing::SizeIs(1));
}

TEST_F(CommandTest, TheProgramFindsItsRegistersAndSignalsAsTheyWere) {
  EXPECT_EQ(run(helper("ComparesItsRegisters", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_THAT(recorder_.mappings, testing::SizeIs(1));
}

TEST_F(CommandTest, ASharedMappingStillWritesToItsFile) {
  for (const Policy policy : {Policy::exact, Policy::populate, Policy::demand, Policy::random}) {
    const std::string before = folder_.read("weights");
    EXPECT_EQ(run(helper("WritesThroughASharedMapping", policy), recorder_).exit_code(), 0);
    const std::string after = folder_.read("weights");
    EXPECT_NE(after[5 * 4096], before[5 * 4096]) << name(policy);
  }
}

TEST_F(CommandTest, SurvivesMappingsThatTheKernelRefuses) {
  EXPECT_EQ(run(helper("AsksForWhatIsRefused", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 2, .count = 1}}));
}

TEST_F(CommandTest, SeesWhatWasTouchedBeforeItWasMappedOver) {
  EXPECT_EQ(run(helper("MapsOverAndDropsPages", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 1, .count = 1},
                                                                {.first = 3, .count = 1},
                                                                {.first = 40, .count = 1},
                                                                {.first = 50, .count = 1}}));
}

TEST_F(CommandTest, AdviceOfTheProgramHasNoEffectOnExactMappings) {
  EXPECT_EQ(run(helper("GivesAllKindsOfAdvice", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 9, .count = 1}}));
}

TEST_F(CommandTest, PoliciesDecideWhatIsMapped) {
  const auto pages_of = [&](const std::vector<std::string>& options, Policy policy) {
    Recorder recorder(file_);
    EXPECT_EQ(run(toucher(options, policy), recorder).exit_code(), 0);
    EXPECT_THAT(recorder.refusals, IsEmpty()) << name(policy);
    return recorder.seen.count();
  };
  EXPECT_EQ(pages_of({}, Policy::populate), file_pages);
  EXPECT_EQ(pages_of({"--populate"}, Policy::as_is), file_pages);
  const std::uint64_t touched = (file_pages + 19) / 20;
  EXPECT_EQ(pages_of({"--populate", "--willneed", "--random"}, Policy::exact), touched);
  for (const Policy policy : {Policy::demand, Policy::will_need, Policy::random, Policy::sequential,
                              Policy::no_huge_pages}) {
    EXPECT_GE(pages_of({"--populate"}, policy), touched) << name(policy);
  }
}

TEST_F(CommandTest, PagesAreNotToldUnlessAskedFor) {
  Request request = toucher({"--populate"}, Policy::demand);
  request.look_at_pages = false;
  EXPECT_EQ(run(request, recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.count(), 0U);
  EXPECT_THAT(recorder_.mappings, testing::SizeIs(1));
  EXPECT_THAT(recorder_.losses, IsEmpty());
}

TEST_F(CommandTest, AsksForEachFileOnce) {
  run(toucher({"--remap"}, Policy::as_is), recorder_);
  EXPECT_THAT(recorder_.mappings, testing::SizeIs(2));
  for (const auto& [path, times] : recorder_.asked) EXPECT_EQ(times, 1) << path;
  EXPECT_EQ(recorder_.asked.count(file_), 1U);
}

TEST_F(CommandTest, CountsTheFaultsOfTheProgramAlone) {
  // It forks from this process, so that it has its memory to copy before.
  std::vector<char> ballast(64U << 20, 'x');
  const Outcome outcome = run(request({"/bin/true"}), recorder_);
  EXPECT_GT(outcome.minor_faults, 10U);
  EXPECT_LT(outcome.minor_faults, 2000U);
  EXPECT_LT(outcome.max_rss_kib, 32U << 10U);
  EXPECT_EQ(ballast.back(), 'x');
}

// What follows are commands, not tests. They end by _exit, as a sanitizer's report of leaks does
// not work under ptrace(2).
class Helper : public testing::Test {
 protected:
  static constexpr std::size_t size = 100 * 4096;
  static void expect(bool what, int status) {
    if (!what) _exit(status);
  }
  static char* map(int flags, int protection = PROT_READ, char* place = nullptr) {
    const int fd = open(std::getenv("BYTEPATH_TEST_FILE"),
                        O_CLOEXEC | ((protection & PROT_WRITE) != 0 ? O_RDWR : O_RDONLY));
    void* const at = mmap(place, size, protection, flags, fd, 0);
    close(fd);
    expect(at != MAP_FAILED, 10);
    return static_cast<char*>(at);
  }
  static void touch(const char* at, std::size_t page) {
    static_cast<void>(*static_cast<const volatile char*>(at + page * 4096));
  }
};

TEST_F(Helper, DISABLED_NextDescriptorAfterMapping) {
  const int fd = open(std::getenv("BYTEPATH_TEST_FILE"), O_RDONLY | O_CLOEXEC);
  const int before = dup(0);
  close(before);
  expect(mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED, 1);
  _exit(dup(0) == before ? 0 : 2);
}

TEST_F(Helper, DISABLED_ComparesItsRegisters) {
  const int fd = open(std::getenv("BYTEPATH_TEST_FILE"), O_RDONLY | O_CLOEXEC);
  sigset_t before;
  sigset_t after;
  sigprocmask(SIG_SETMASK, nullptr, &before);
  constexpr long flags = MAP_SHARED | MAP_POPULATE;
  long result = SYS_mmap;
  long flags_after = 0;
  asm volatile(
      "mov %[flags], %%r10\n mov %[file], %%r8\n xor %%r9d, %%r9d\n syscall\n mov %%r10, %[kept]"
      : "+a"(result), [kept] "=r"(flags_after)
      : "D"(0L), "S"(size), "d"(PROT_READ), [flags] "r"(flags), [file] "r"(static_cast<long>(fd))
      : "rcx", "r8", "r9", "r10", "r11", "memory");
  expect(result > 0, 1);
  expect(flags_after == flags, 2);
  sigprocmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    expect(sigismember(&before, signal) == sigismember(&after, signal), 3);
  }
  touch(reinterpret_cast<const char*>(result), 1);
  _exit(0);
}

TEST_F(Helper, DISABLED_WritesThroughASharedMapping) {
  char* const at = map(MAP_SHARED, PROT_READ | PROT_WRITE);
  at[5 * 4096] = static_cast<char>(at[5 * 4096] + 1);
  _exit(0);
}

TEST_F(Helper, DISABLED_AsksForWhatIsRefused) {
  char* const at = map(MAP_SHARED);
  expect(munmap(at + 1, 4096) != 0, 1);
  expect(munmap(at, 0) != 0, 2);
  // Too large to be moved, or to be mapped over it; and a descriptor that is none.
  expect(mremap(at, size, std::size_t{1} << 60, MREMAP_MAYMOVE) == MAP_FAILED, 3);
  expect(mmap(at, size, PROT_READ, MAP_SHARED | MAP_FIXED, 999, 0) == MAP_FAILED, 4);
  expect(mmap(at, size, PROT_READ, MAP_SHARED, 999, 0) == MAP_FAILED, 5);
  char* const nothing[] = {nullptr};
  expect(execve("/nonexistent", nothing, nothing) != 0, 6);
  touch(at, 2);
  _exit(0);
}

TEST_F(Helper, DISABLED_MapsOverAndDropsPages) {
  char* const at = map(MAP_SHARED);
  touch(at, 1);
  expect(mmap(at, 2 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at, 1);
  touch(at, 0);  // no page of the file
  touch(at, 3);
  expect(madvise(at + 2 * 4096, 8 * 4096, MADV_DONTNEED) == 0, 2);
  touch(at, 40);
  map(MAP_PRIVATE | MAP_FIXED, PROT_READ, at);  // the same file again
  touch(at, 50);
  _exit(0);
}

TEST_F(Helper, DISABLED_GivesAllKindsOfAdvice) {
  const int fd = open(std::getenv("BYTEPATH_TEST_FILE"), O_RDONLY | O_CLOEXEC);
  expect(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED) == 0, 1);
  expect(mlockall(MCL_FUTURE) == 0, 2);
  char* const at = map(MAP_SHARED | MAP_POPULATE);
  for (const int advice : {MADV_WILLNEED, MADV_SEQUENTIAL, MADV_POPULATE_READ, MADV_HUGEPAGE}) {
    expect(madvise(at, size, advice) == 0, 3);
  }
  expect(mlock(at, 8 * 4096) == 0, 4);
  touch(at, 9);
  _exit(0);
}

}  // namespace
}  // namespace bytepath::intercept
