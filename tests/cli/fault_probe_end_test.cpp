#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "support/child_process.h"
#include "support/fault_probe.h"

// How fault-probe ends when it cannot write, when the user has seen enough, and when it is killed.
namespace bytepath::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Words = std::vector<std::string>;

using FaultProbeOutput = Weights;
using FaultProbeKilled = Weights;

// ---- the output ----

TEST_F(FaultProbeOutput, ThatCannotBeWrittenFailsBeforeTheCommandRuns) {
  const auto ran = place_.at("ran");
  for (const Words& how :
       {Words{"touch", "--pages", "/nowhere/pages"}, Words{"touch", "--experts", "/nowhere/csv"},
        Words{"run", "--trace", "/nowhere/trace"}, Words{"touch", "-o", "/nowhere/report.json"}}) {
    SCOPED_TRACE(testing::PrintToString(how));
    const auto outcome = fault_probe(with_command(how, {"/usr/bin/touch", ran}));
    EXPECT_EQ(outcome.status, 4);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')),
                testing::AllOf(HasSubstr("fault-probe: "), HasSubstr(how.back()),
                               HasSubstr("No such file or directory")));
    EXPECT_FALSE(std::filesystem::exists(ran)) << "the command ran in vain";
  }
}

TEST_F(FaultProbeOutput, ThatIsStandardOutputBelongsToTheReport) {
  for (const Words& how :
       {Words{"touch", "--pages"}, Words{"touch", "--experts"}, Words{"run", "--trace"}}) {
    auto words = how;
    words.emplace_back("-");
    expect_refused_with_hint(with_touching(words), 2, {how.back(), "standard output"});
  }
  EXPECT_FALSE(std::filesystem::exists("-"));
}

TEST_F(FaultProbeOutput, OnAFullDiskFails) {
  for (const Words& how :
       {Words{"touch", "--pages", "/dev/full"}, Words{"touch", "--experts", "/dev/full"},
        Words{"touch", "--json", "/dev/full"}, Words{"run", "--trace", "/dev/full"},
        Words{"run", "--json", "/dev/full"}}) {
    SCOPED_TRACE(testing::PrintToString(how));
    const auto outcome = fault_probe(with_touching(how));
    EXPECT_EQ(outcome.status, 4);
    EXPECT_THAT(outcome.err, HasSubstr("/dev/full: No space left on device"));
  }
}

TEST_F(FaultProbeOutput, ThatIsAFullStandardOutputFails) {
  for (const char* command : {"touch", "run"}) {
    auto words = with_touching({command});
    words.insert(words.begin(), probe_path("fault-probe"));
    const auto outcome = run({.arguments = std::move(words), .output_path = "/dev/full"});
    EXPECT_EQ(outcome.status, 4);
    EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
  }
}

// ---- Ctrl-C ----

class FaultProbeInterrupted : public Weights {
 protected:
  // Interrupts a command that has touched every other page and would go on. A terminal sends SIGINT
  // to all processes of its foreground group, kill(1) to one.
  void expect_partial(const std::string& mode, bool whole_group) const {
    SCOPED_TRACE(mode + (whole_group ? " and its command" : ""));
    auto words = with_touching({mode, "--json", place_.at("partial.json")}, {"every:2", "--hold"});
    words.insert(words.begin(), probe_path("fault-probe"));
    tests::ChildProcess probe(words, {"LC_ALL=C"});
    ASSERT_TRUE(probe.ready()) << "the toucher says so";
    ASSERT_EQ(kill(whole_group ? -probe.pid() : probe.pid(), SIGINT), 0);
    EXPECT_EQ(probe.end(), 130);
    const auto report = result::from_json(place_.read("partial.json"), "partial.json");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->complete);
    const auto all = static_cast<double>(place_.bytes());
    if (mode == "touch") {
      EXPECT_EQ(metric_of(*report, "touched_bytes"), all / 2);
    } else {
      EXPECT_GE(metric_of(*report, "mapped_bytes"), all / 2);
    }
  }
};

TEST_F(FaultProbeInterrupted, ReportsWhatWasSeen) {
  expect_partial("run", false);
  expect_partial("touch", false);
}

TEST_F(FaultProbeInterrupted, ByATerminalReportsWhatWasSeen) {
  expect_partial("run", true);
  expect_partial("touch", true);
}

// Where there is no other end, Ctrl-C is the way to end it; else the report is a part of what was
// asked for. The process itself goes on.
TEST_F(FaultProbeInterrupted, WhileItWatchesAProcessReportsToo) {
  tests::ChildProcess toucher({BYTEPATH_TOUCHER, place_.weights(), "seq", "--hold"}, {});
  ASSERT_TRUE(toucher.ready());
  const std::vector<std::pair<Words, int>> ways = {
      {{"run"}, 0},
      {{"run", "--duration", "1h"}, 130},
      {{"attach", "-i", "100ms", "--totals"}, 0},
      {{"attach", "-i", "100ms", "--totals", "-n", "100000"}, 130}};
  for (const auto& [how, status] : ways) {
    SCOPED_TRACE(testing::PrintToString(how));
    Words words = how;
    words.insert(words.begin(), probe_path("fault-probe"));
    words.insert(words.end(), {"-p", std::to_string(toucher.pid()), "-m", place_.weights(),
                               "--grid", "1MiB", "-q", "--json", "-"});
    const auto outcome = run({.arguments = std::move(words), .interrupt_after = 1000ms});
    EXPECT_EQ(report_of(outcome, status).complete, status == 0);
    EXPECT_EQ(kill(toucher.pid(), 0), 0);
  }
}

// SIGTERM and a terminal that is gone are nobody's way to end it regularly.
TEST_F(FaultProbeInterrupted, ByAnotherSignalIsCutShort) {
  tests::ChildProcess toucher({BYTEPATH_TOUCHER, place_.weights(), "seq", "--hold"}, {});
  ASSERT_TRUE(toucher.ready());
  const auto pid = std::to_string(toucher.pid());
  for (const int number : {SIGTERM, SIGHUP}) {
    for (const Words& how : {Words{"run"}, Words{"attach", "-i", "100ms", "--totals"}}) {
      SCOPED_TRACE(how.front() + " " + strsignal(number));
      Words words = {probe_path("fault-probe")};
      words.insert(words.end(), how.begin(), how.end());
      words.insert(words.end(),
                   {"-p", pid, "-m", place_.weights(), "--grid", "1MiB", "-q", "--json", "-"});
      const auto outcome = run(
          {.arguments = std::move(words), .interrupt_after = 1000ms, .interrupt_signal = number});
      EXPECT_FALSE(report_of(outcome, 128 + number).complete);
    }
  }
}

TEST_F(FaultProbeInterrupted, NotByAHangUpThatIsIgnored) {
  tests::ChildProcess toucher({BYTEPATH_TOUCHER, place_.weights(), "seq", "--hold"}, {});
  ASSERT_TRUE(toucher.ready());
  const auto outcome = run(
      {.arguments = {"/usr/bin/nohup", probe_path("fault-probe"), "attach", "--totals", "-i",
                     "100ms", "-n", "15", "-p", std::to_string(toucher.pid()), "-q", "--json", "-"},
       .interrupt_after = 700ms,
       .interrupt_signal = SIGHUP});
  EXPECT_TRUE(report_of(outcome, 0).complete);
}

// A command that was ended before it came to its model has made no mistake.
TEST_F(FaultProbeInterrupted, BeforeTheModelIsMappedIsNoComplaint) {
  for (const int number : {SIGINT, SIGTERM}) {
    for (const char* command : {"touch", "run", "whatif"}) {
      SCOPED_TRACE(std::string(command) + " " + strsignal(number));
      auto words = with_command({command, "--json", "-"}, {"/bin/sleep", "20"});
      words.insert(words.begin(), probe_path("fault-probe"));
      const auto outcome = run(
          {.arguments = std::move(words), .interrupt_after = 700ms, .interrupt_signal = number});
      EXPECT_FALSE(report_of(outcome, 128 + number).complete);
      EXPECT_EQ(outcome.err, "");
    }
  }
}

// ---- its own end ----

// Numbers of the BPF programs that a process holds.
std::set<std::uint32_t> programs_of(pid_t process) {
  std::set<std::uint32_t> ids;
  std::error_code ignored;
  const std::string folder = "/proc/" + std::to_string(process) + "/fdinfo";
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("prog_id:"))
        ids.insert(static_cast<std::uint32_t>(std::stoul(line.substr(8))));
  }
  return ids;
}

bool is_loaded(std::uint32_t program) {
  bpf_attr attributes{};
  attributes.prog_id = program;
  const long fd = syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attributes, sizeof attributes);
  if (fd >= 0) close(static_cast<int>(fd));
  return fd >= 0;
}

bool within_seconds(const std::function<bool()>& holds) {
  for (int tries = 0; tries < 100; ++tries) {
    if (holds()) return true;
    std::this_thread::sleep_for(100ms);
  }
  return false;
}

TEST_F(FaultProbeKilled, LeavesNeitherTheCommandNorBpfPrograms) {
  for (const Words& how : {Words{"touch"}, Words{"run"}}) {
    SCOPED_TRACE(how.front());
    auto words = with_touching(how, {"seq", "--hold"});
    words.insert(words.begin(), probe_path("fault-probe"));
    std::set<std::uint32_t> programs;
    std::string target;
    {
      const tests::ChildProcess probe(words, {"LC_ALL=C"});
      ASSERT_TRUE(probe.ready()) << "the toucher says so";
      const auto pid = std::to_string(probe.pid());
      std::ifstream("/proc/" + pid + "/task/" + pid + "/children") >> target;
      ASSERT_NE(target, "");
      programs = programs_of(probe.pid());
      EXPECT_EQ(programs.empty(), how.front() == "touch" || !traces_by_bpf());
    }  // SIGKILL
    EXPECT_TRUE(within_seconds([&] { return kill(std::stoi(target), 0) != 0; }))
        << "the command went on, half traced";
    EXPECT_TRUE(within_seconds([&] { return std::ranges::none_of(programs, is_loaded); }))
        << "a BPF program stayed loaded";
  }
}

}  // namespace
}  // namespace bytepath::test
