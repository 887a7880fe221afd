#include "counters/counter_set.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <functional>

#include "base/file.h"
#include "support/child_process.h"

// What the kernel counts is compared with what wait4(2) says of the same processes.
namespace bytepath::counters {
namespace {

constexpr uid_t nobody = 65534;
// perf begins at execve(2), rusage at the child's birth: what the child touches before.
constexpr double faults_before_exec = 2;

struct Order {
  unsigned runs = 0;               // /bin/true so many times, one after the other
  unsigned sleeps = 0;             // and so many /bin/sleep at once
  std::size_t own_work_bytes = 0;  // before them the helper touches so much fresh memory itself
};

struct Done {
  long faults = 0;
  long switches = 0;
  double cpu_ns = 0;
};

double nanoseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
}

// A process that starts others when told to, and answers with what wait4(2) says of them.
class Helper {
 public:
  Helper() {
    std::array<int, 2> orders{};
    std::array<int, 2> answers{};
    if (::pipe2(orders.data(), O_CLOEXEC) != 0 || ::pipe2(answers.data(), O_CLOEXEC) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(orders[1]);
      serve(orders[0], answers[1]);
    }
    ::close(orders[0]);
    ::close(answers[1]);
    orders_ = Descriptor(orders[1]);
    answers_ = Descriptor(answers[0]);
  }
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;
  ~Helper() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  pid_t pid() const { return pid_; }

  Done run(const Order& order) const {
    Done done{.faults = -1};
    if (::write(orders_.get(), &order, sizeof order) != sizeof order) return done;
    if (::read(answers_.get(), &done, sizeof done) != sizeof done) done.faults = -1;
    return done;
  }

 private:
  static pid_t start(std::string program) {
    std::string seconds = "0.01";
    std::array<char*, 3> arguments{program.data(), seconds.data(), nullptr};
    char* const path = program.data();
    char* const* const argv = arguments.data();
    // vfork as the tool does it: no page of the helper is copied.
    // NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork,bugprone-unsafe-functions)
    const pid_t pid = ::vfork();
    if (pid == 0) {
      ::execv(path, argv);
      ::_exit(127);
    }
    return pid;
  }

  static void await(Done& done) {
    rusage usage{};
    ::wait4(-1, nullptr, 0, &usage);
    done.faults += usage.ru_minflt + usage.ru_majflt;
    done.switches += usage.ru_nvcsw + usage.ru_nivcsw;
    done.cpu_ns += nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
  }

  [[noreturn]] static void serve(int orders, int answers) {
    Order order;
    while (::read(orders, &order, sizeof order) == sizeof order) {
      Done done;
      const std::vector<char> work(order.own_work_bytes, 'w');
      for (unsigned i = 0; i < order.runs; ++i) {
        start("/bin/true");
        await(done);
      }
      for (unsigned i = 0; i < order.sleeps; ++i) start("/bin/sleep");
      for (unsigned i = 0; i < order.sleeps; ++i) await(done);
      if (::write(answers, &done, sizeof done) != sizeof done) break;
    }
    ::_exit(0);
  }

  pid_t pid_ = -1;
  Descriptor orders_;
  Descriptor answers_;
};

std::vector<Event> events(std::string_view list) { return find_events(list).value(); }

bool counts_all(const CounterSet& set) {
  return std::ranges::none_of(set.counters(),
                              [](const Counter& each) { return each.refused.has_value(); });
}

Error reason_of(const Counter& counter) {
  return counter.refused.value_or(Error{.kind = ErrorKind::usage, .message = "it is counted"});
}

std::string first_refusal(const CounterSet& set) {
  for (const auto& counter : set.counters()) {
    if (counter.refused) return reason_of(counter).message + " (" + reason_of(counter).hint + ")";
  }
  return "";
}

// What `work` complains about in a child that has become nobody.
std::string as_nobody(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string text = "cannot become nobody";
    // A change of the user makes a process undumpable, which an ordinary user's is not.
    if (::setgid(nobody) == 0 && ::setuid(nobody) == 0 && ::prctl(PR_SET_DUMPABLE, 1) == 0) {
      text = work();
    }
    ::_exit(write_all(ends[1], text, "pipe").has_value() ? 0 : 1);
  }
  ::close(ends[1]);
  const Descriptor reader(ends[0]);
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = ::read(reader.get(), piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(count));
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0 ? text : "the child died: " + text;
}

#define BYTEPATH_SKIP_UNLESS_COUNTED(set) \
  if (!counts_all(set)) GTEST_SKIP() << "not counted: " << first_refusal(set)

TEST(CounterSet, CountsTheFaultsOfEachRunInARow) {
  const Helper helper;
  CounterSet set = CounterSet::open(helper.pid(), events("page-faults"));
  BYTEPATH_SKIP_UNLESS_COUNTED(set);
  for (int run = 0; run < 5; ++run) {
    const Done done = helper.run({.runs = 1});
    const Reading reading = set.read().front();
    EXPECT_GT(reading.value, 0) << "run " << run;
    EXPECT_NEAR(reading.value, static_cast<double>(done.faults), faults_before_exec) << run;
    EXPECT_EQ(reading.running, 1);
  }
  EXPECT_EQ(set.read().front().value, 0) << "nothing ran";
}

TEST(CounterSet, CountsManyEventsOfManyProcesses) {
  const Helper helper;
  CounterSet set = CounterSet::open(
      helper.pid(),
      events("page-faults,minor-faults,major-faults,context-switches,cpu-migrations"));
  BYTEPATH_SKIP_UNLESS_COUNTED(set);
  const Done done = helper.run({.runs = 20, .sleeps = 20});
  const auto readings = set.read();
  ASSERT_EQ(readings.size(), 5U);
  EXPECT_NEAR(readings[0].value, static_cast<double>(done.faults), 40 * faults_before_exec);
  EXPECT_EQ(readings[0].value, readings[1].value + readings[2].value);
  // wait4(2) has those before execve(2) and at the exit too: measured, two or three a process more.
  EXPECT_LE(readings[3].value, static_cast<double>(done.switches));
  EXPECT_GE(readings[3].value, 20) << "each sleep leaves its CPU";
}

TEST(CounterSet, CountsTheTimeOfBothModes) {
  const Helper helper;
  CounterSet set = CounterSet::open(helper.pid(), events("task-clock,cpu-clock:u"));
  BYTEPATH_SKIP_UNLESS_COUNTED(set);
  const Done done = helper.run({.runs = 20});
  for (const auto& reading : set.read()) {
    EXPECT_GT(reading.value, done.cpu_ns * 0.5)
        << "most of it is execve(2) and the loader's faults";
    EXPECT_LT(reading.value, done.cpu_ns * 1.5);
  }
  EXPECT_FALSE(set.counters()[1].user_only);
}

TEST(CounterSet, LeavesTheTasksOwnWorkOut) {
  const Helper helper;
  CounterSet set = CounterSet::open(helper.pid(), events("page-faults,task-clock"));
  BYTEPATH_SKIP_UNLESS_COUNTED(set);
  helper.run({.own_work_bytes = 64U << 20U});
  EXPECT_EQ(set.read()[0].value, 0);
  const Done done = helper.run({.runs = 1, .own_work_bytes = 64U << 20U});
  const auto readings = set.read();
  EXPECT_NEAR(readings[0].value, static_cast<double>(done.faults), faults_before_exec);
  EXPECT_GT(readings[1].value, 0);
}

TEST(CounterSet, CountsBesideAnotherSet) {
  const Helper helper;
  CounterSet first = CounterSet::open(helper.pid(), events("page-faults,context-switches"));
  BYTEPATH_SKIP_UNLESS_COUNTED(first);
  const auto expect_all = [&](CounterSet& set) {
    set.read();
    const Done done = helper.run({.runs = 1});
    EXPECT_NEAR(set.read()[0].value, static_cast<double>(done.faults), faults_before_exec);
  };
  expect_all(first);
  {
    CounterSet second = CounterSet::open(helper.pid(), events("page-faults"));
    for (int run = 0; run < 3; ++run) {
      expect_all(first);
      expect_all(second);
    }
  }
  expect_all(first);
}

void expect_unsupported(const Counter& counter, const Reading& reading, std::string_view why) {
  const Error reason = reason_of(counter);
  EXPECT_EQ(reason.kind, ErrorKind::unsupported) << counter.event.name;
  EXPECT_NE(reason.message.find(why), std::string::npos) << reason.message;
  EXPECT_TRUE(std::isnan(reading.value));
}

TEST(CounterSet, RefusesWithAReasonWhatTheHostLacksAndCountsTheRest) {
  const Helper helper;
  auto list = events("page-faults");
  list.push_back({.name = "zen0::MADE_UP", .type = PERF_TYPE_RAW, .absent_pmu = "zen0"});
  list.push_back({.name = "no-such-software", .type = PERF_TYPE_SOFTWARE, .config = 4711});
  CounterSet set = CounterSet::open(helper.pid(), list);
  if (set.counters()[0].refused) GTEST_SKIP() << "not counted: " << first_refusal(set);
  helper.run({.runs = 1});
  const auto readings = set.read();
  EXPECT_GT(readings[0].value, 0);
  expect_unsupported(set.counters()[1], readings[1], "no PMU zen0");
  expect_unsupported(set.counters()[2], readings[2], "this kernel");
}

TEST(CounterSet, CountsCyclesOrSaysThatThereIsNoPmu) {
  const Helper helper;
  CounterSet set = CounterSet::open(helper.pid(), events("page-faults,cycles:u"));
  if (set.counters()[0].refused) GTEST_SKIP() << "not counted: " << first_refusal(set);
  helper.run({.runs = 1});
  const auto readings = set.read();
  EXPECT_GT(readings[0].value, 0);
  if (std::filesystem::exists("/sys/bus/event_source/devices/cpu")) {
    EXPECT_GT(readings[1].value, 0);
  } else {
    expect_unsupported(set.counters()[1], readings[1], "no PMU");
  }
}

TEST(CounterSet, RefusesEveryEventOfAProcessThatIsNotThere) {
  pid_t gone = -1;
  {
    const Helper helper;
    gone = helper.pid();
  }
  CounterSet set = CounterSet::open(gone, events("page-faults,task-clock"));
  for (const auto& counter : set.counters()) {
    EXPECT_EQ(reason_of(counter).kind, ErrorKind::failed);
  }
  EXPECT_TRUE(std::isnan(set.read()[1].value));
  EXPECT_TRUE(CounterSet::open(gone, {}).read().empty());
}

TEST(CounterSet, KeepsItsDescriptorsFromTheProgramsThatAreStarted) {
  const Helper helper;
  const CounterSet set = CounterSet::open(helper.pid(), events("page-faults,task-clock"));
  BYTEPATH_SKIP_UNLESS_COUNTED(set);
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
    if (target.find("[perf_event]") == std::string::npos) continue;
    ++seen;
    EXPECT_NE(::fcntl(std::stoi(entry.path().filename().string()), F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(seen, 3) << "two events and the one that is not inherited";
}

std::string complaint_about_a_denial(const Counter& counter, const Reading& reading) {
  const Error reason = reason_of(counter);
  if (reason.kind != ErrorKind::denied) return counter.event.name + ": " + reason.message;
  return std::isnan(reading.value) ? "" : counter.event.name + " has a value";
}

std::string complaint_about_an_ordinary_user(bool may_count_kernel) {
  const Helper helper;
  CounterSet set = CounterSet::open(helper.pid(), events("task-clock,page-faults,cpu-migrations"));
  const auto counters = set.counters();
  const Done done = helper.run({.runs = 10});
  const auto readings = set.read();
  if (counters[0].refused) return "task-clock: " + reason_of(counters[0]).message;
  if (counters[0].user_only) return "task-clock is said to be of user mode only";
  if (readings[0].value < done.cpu_ns * 0.5) {
    return fmt::format("task-clock: {} of {} ns", readings[0].value, done.cpu_ns);
  }
  if (may_count_kernel) return readings[1].value > 0 ? "" : "page-faults are 0";
  return complaint_about_a_denial(counters[1], readings[1]) +
         complaint_about_a_denial(counters[2], readings[2]);
}

TEST(CounterSet, CountsForAnOrdinaryUserWhatTheKernelLetsHim) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const auto paranoid = read_line_or("/proc/sys/kernel/perf_event_paranoid", "?");
  if (paranoid.starts_with('3') || paranoid.starts_with('4')) {
    GTEST_SKIP() << "kernel.perf_event_paranoid=" << paranoid << " keeps ordinary users out";
  }
  const bool kernel_too = paranoid.starts_with('-') || paranoid == "0" || paranoid == "1";
  EXPECT_EQ(as_nobody([&] { return complaint_about_an_ordinary_user(kernel_too); }), "");
}

TEST(CounterSet, CountsForAnOrdinaryUserInAProgramOfHisOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const std::string complaint = as_nobody([&]() -> std::string {
    const std::string script = "echo; read -r line";
    const tests::ChildProcess shell({"/bin/sh", "-c", script}, {"PATH=/bin"});
    if (!shell.ready()) return "no shell";
    const CounterSet set = CounterSet::open(shell.pid(), events("task-clock,page-faults:u"));
    return first_refusal(set);
  });
  if (complaint.find("paranoid") != std::string::npos) GTEST_SKIP() << complaint;
  EXPECT_EQ(complaint, "");
}

TEST(CounterSet, IsDeniedTheProcessesOfOthers) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const Helper of_root;
  const std::string complaint = as_nobody([&]() -> std::string {
    const CounterSet set = CounterSet::open(of_root.pid(), events("task-clock"));
    const Error reason = reason_of(set.counters().front());
    return reason.kind == ErrorKind::denied ? "" : reason.message;
  });
  EXPECT_EQ(complaint, "");
}

TEST(CounterSet, SaysWhenDescriptorsRunOut) {
  const Helper helper;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{.rlim_cur = 128, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &low);
  std::vector<Descriptor> all;
  do {
    all.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  } while (all.back());
  // Room for the event that is not inherited and one more.
  all.resize(all.size() - 3);
  const CounterSet set = CounterSet::open(helper.pid(), events("task-clock,cpu-clock"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_FALSE(set.counters()[0].refused.has_value()) << first_refusal(set);
  const Error reason = reason_of(set.counters()[1]);
  EXPECT_EQ(reason.kind, ErrorKind::failed);
  EXPECT_NE(reason.hint.find("ulimit -n"), std::string::npos);
}

}  // namespace
}  // namespace bytepath::counters
