#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "recorded_run.h"
#include "support/other_user.h"

namespace bytepath::intercept {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class CommandTest : public InterceptedRun {
 protected:
  Recorder recorder_{file_};

  Request mapper(const std::string& what, Policy policy) const {
    Request result = request({BYTEPATH_MAPPER, what, file_});
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

TEST_F(CommandTest, TicksWhileProcessesStopAllTheTime) {
  std::uint64_t ticks = 0;
  const Outcome outcome = run(mapper("storm", Policy::exact), recorder_, [&] { ++ticks; });
  EXPECT_EQ(outcome.exit_code(), 0);
  constexpr std::uint64_t seldom_ns = 50000000;
  EXPECT_GE(ticks, (outcome.ended_ns - outcome.started_ns) / seldom_ns);
}

TEST_F(CommandTest, InterruptsProcessesThatStopAllTheTime) {
  Request request = mapper("storm", Policy::exact);
  int asked = 0;
  request.interrupted = [&] { return ++asked > 4; };
  const Outcome outcome = run(request, recorder_);
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.exit_code(), 128 + SIGINT);
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

TEST_F(CommandTest, TheProgramFindsSignalsAsAShellLeavesThem) {
  for (const int number : {SIGPIPE, SIGXFSZ}) {
    (void)std::signal(number, SIG_IGN);
    const Outcome outcome = run(shell(fmt::format("kill -{} $$; exit 9", number)), recorder_);
    (void)std::signal(number, SIG_DFL);
    EXPECT_EQ(outcome.exit_code(), 128 + number);
  }
}

TEST_F(CommandTest, TheProgramFindsOnlyItsThreeDescriptors) {
  const int leaked = dup(0);  // without close-on-exec
  Request request = shell("ls /proc/self/fd >" + folder_.at("out"));
  run(request, recorder_);
  close(leaked);
  EXPECT_EQ(folder_.read("out"), "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST_F(CommandTest, LeavesNoDescriptorInTheProgram) {
  const Outcome outcome = run(mapper("next-descriptor", Policy::exact), recorder_);
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_THAT(recorder_.mappings, testing::SizeIs(1));
}

TEST_F(CommandTest, TheProgramFindsItsRegistersAndSignalsAsTheyWere) {
  EXPECT_EQ(run(mapper("registers", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_THAT(recorder_.mappings, testing::SizeIs(1));
}

TEST_F(CommandTest, ASharedMappingStillWritesToItsFile) {
  for (const Policy policy : {Policy::exact, Policy::populate, Policy::demand, Policy::random}) {
    const std::string before = folder_.read("weights");
    EXPECT_EQ(run(mapper("write", policy), recorder_).exit_code(), 0);
    const std::string after = folder_.read("weights");
    EXPECT_NE(after[5 * 4096], before[5 * 4096]) << name(policy);
  }
}

// How many descriptors this process has.
std::size_t descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// While it lives the soft limit of descriptors leaves room for this many more.
class RoomForDescriptors {
 public:
  explicit RoomForDescriptors(rlim_t room) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{.rlim_cur = descriptors() + room, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
  }
  ~RoomForDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  RoomForDescriptors(const RoomForDescriptors&) = delete;
  RoomForDescriptors& operator=(const RoomForDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_F(CommandTest, ManyProcessesCostNoWriteOfTheProgram) {
  const std::string before = folder_.read("weights");
  {
    const RoomForDescriptors room(30);
    EXPECT_EQ(run(mapper("write-beside-children", Policy::exact), recorder_).exit_code(), 0);
  }
  EXPECT_NE(folder_.read("weights")[5 * 4096], before[5 * 4096]);
  EXPECT_THAT(recorder_.losses, IsEmpty());
  EXPECT_EQ(recorder_.seen.runs(),
            (std::vector<pages::PageRun>{{.first = 0, .count = 1}, {.first = 5, .count = 1}}));
}

TEST_F(CommandTest, TheProgramFindsTheLimitOfDescriptorsAsItWas) {
  rlimit before{};
  rlimit after{};
  const RoomForDescriptors room(30);
  getrlimit(RLIMIT_NOFILE, &before);
  run(shell("ulimit -Sn >" + folder_.at("out")), recorder_);
  getrlimit(RLIMIT_NOFILE, &after);
  EXPECT_EQ(folder_.read("out"), fmt::format("{}\n", before.rlim_cur));
  EXPECT_EQ(after.rlim_cur, before.rlim_cur);
}

TEST_F(CommandTest, ProcessesThatMapNothingCostNoDescriptor) {
  const std::size_t before = descriptors();
  std::size_t most = 0;
  run(mapper("idle-children", Policy::exact), recorder_,
      [&] { most = std::max(most, descriptors()); });
  EXPECT_GT(most, 0U);
  EXPECT_LT(most, before + 20) << "there are 40 children";
}

TEST_F(CommandTest, SurvivesMappingsThatTheKernelRefuses) {
  EXPECT_EQ(run(mapper("refused", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 2, .count = 1}}));
}

TEST_F(CommandTest, SeesWhatWasTouchedBeforeItWasMappedOver) {
  EXPECT_EQ(run(mapper("map-over", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 1, .count = 1},
                                                                {.first = 3, .count = 1},
                                                                {.first = 40, .count = 1},
                                                                {.first = 50, .count = 1}}));
}

TEST_F(CommandTest, AdviceOfTheProgramHasNoEffectOnExactMappings) {
  EXPECT_EQ(run(mapper("advice", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 9, .count = 1}}));
}

TEST_F(CommandTest, SeesWhatWasTouchedBeforeGuardsWereInstalled) {
  EXPECT_EQ(run(mapper("guard", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(),
            (std::vector<pages::PageRun>{{.first = 1, .count = 1}, {.first = 3, .count = 1}}));
}

TEST_F(CommandTest, AdviceByProcessIsTreatedAsAnyOther) {
  EXPECT_EQ(run(mapper("process-advice", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 1, .count = 1},
                                                                {.first = 3, .count = 1},
                                                                {.first = 5, .count = 1},
                                                                {.first = 9, .count = 1}}));
}

TEST_F(CommandTest, SeesWhatAnotherProcessTakesAway) {
  EXPECT_EQ(run(mapper("advise-parent", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(),
            (std::vector<pages::PageRun>{{.first = 1, .count = 1}, {.first = 3, .count = 1}}));
}

TEST_F(CommandTest, TellsThatAProcessForbidsALook) {
  if (!test::holds_without_root([] { return access(BYTEPATH_MAPPER, X_OK) == 0; })) {
    GTEST_SKIP() << "nobody cannot reach the program";
  }
  const std::string out = folder_.at("out");
  EXPECT_TRUE(test::holds_without_root([&] {
    EXPECT_EQ(run(mapper("undumpable", Policy::exact), recorder_).exit_code(), 0);
    std::ofstream told(out);
    for (const std::string& loss : recorder_.losses) told << loss << "\n";
    return recorder_.mappings.empty();
  }));
  EXPECT_EQ(folder_.read("out"),
            "any file that 'mapper' maps: the process forbids others of its user to look at it "
            "(PR_SET_DUMPABLE, prctl(2))\n");
}

TEST_F(CommandTest, AChildCannotGetAwayUntraced) {
  EXPECT_EQ(run(mapper("untraced", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_EQ(recorder_.seen.runs(), (std::vector<pages::PageRun>{{.first = 3, .count = 1}}));
}

TEST_F(CommandTest, WhatIsCutOffByShrinkingIsNotLost) {
  EXPECT_EQ(run(mapper("shrink", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_THAT(recorder_.losses, IsEmpty());
  EXPECT_EQ(recorder_.seen.runs(),
            (std::vector<pages::PageRun>{
                {.first = 1, .count = 1}, {.first = 3, .count = 1}, {.first = 20, .count = 1}}));
}

TEST_F(CommandTest, SeesADoubledMapping) {
  EXPECT_EQ(run(mapper("double", Policy::exact), recorder_).exit_code(), 0);
  EXPECT_THAT(recorder_.losses, IsEmpty());
  EXPECT_EQ(recorder_.seen.runs(),
            (std::vector<pages::PageRun>{{.first = 1, .count = 1}, {.first = 23, .count = 1}}));
}

TEST_F(CommandTest, TellsThatA32BitCallMappedTheFile) {
  const Outcome outcome = run(mapper("old-mmap", Policy::exact), recorder_);
  if (outcome.signal() == SIGSEGV) GTEST_SKIP() << "this kernel has no 32-bit calls";
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_THAT(recorder_.losses,
              testing::ElementsAre(file_ + ": it was mapped by a 32-bit system call"));
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

}  // namespace
}  // namespace bytepath::intercept
