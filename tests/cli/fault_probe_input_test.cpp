#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "support/child_process.h"
#include "support/fault_probe.h"
#include "support/weights_files.h"

// What fault-probe refuses, and what it says of commands and processes that fail or end.
namespace bytepath::test {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

using FaultProbeInput = Weights;

// ---- the command line ----

TEST_F(FaultProbeInput, WithoutASubcommandOrWithAnUnknownOneIsRefused) {
  expect_refused_with_hint({}, 2, {"command"});
  expect_refused_with_hint({"frobnicate"}, 2, {"frobnicate"});
  expect_refused_with_hint({"run", "--no-such"}, 2, {"--no-such"});
}

TEST_F(FaultProbeInput, WithoutACommandIsRefused) {
  for (const char* command : {"touch", "run", "whatif"}) {
    expect_refused_with_hint({command, "-m", place_.weights(), "--grid", "1MiB"}, 2,
                             {"no command"});
  }
  expect_refused_with_hint({"attach"}, 2, {"process"});
  expect_refused_with_hint({"map"}, 2, {"file"});
  expect_refused_with_hint({"whatif", "--", "/bin/true"}, 2, {"whatif"});
}

TEST_F(FaultProbeInput, ThatExcludesOtherInputIsRefused) {
  expect_refused_with_hint({"run", "-p", "1", "--", "/bin/true"}, 2, {"--pid", "command"});
  expect_refused_with_hint({"run", "-p", "1", "--policy", "random"}, 2, {"--policy"});
  expect_refused_with_hint({"run", "--duration", "1s", "--", "/bin/true"}, 2, {"--duration"});
}

TEST_F(FaultProbeInput, OutOfRangeIsRefused) {
  expect_refused_with_hint(with_touching({"run", "--ring", "0"}), 2, {"--ring", "'0'"});
  for (const char* size : {"1", "100GiB"}) {
    expect_refused_with_hint(with_touching({"run", "--ring", size}), 2,
                             {"--ring", size, "from 64 KiB to 1 GiB"});
  }
  expect_refused_with_hint(with_touching({"run", "--ring", "lots"}), 2, {"--ring", "'lots'"});
  expect_refused_with_hint(with_touching({"run", "--backend", "magic"}), 2,
                           {"--backend", "'magic'"});
  expect_refused_with_hint(with_touching({"whatif", "--policies", "randm"}), 2,
                           {"--policies", "'randm'"});
  for (const char* pairs : {"0", "-1"}) {
    expect_refused(fault_probe(with_touching({"whatif", "--pairs", pairs})), 2,
                   {"--pairs", "'" + std::string(pairs) + "'"});
  }
  for (const char* pid : {"0", "-1", "99999999", "self"})
    expect_refused(fault_probe({"attach", "-p", pid}), 2, {"--pid", "'" + std::string(pid) + "'"});
  const auto mine = std::to_string(getpid());
  expect_refused_with_hint({"attach", "-p", mine, "-n", "1", "-i", "0"}, 2, {"--interval"});
  expect_refused_with_hint({"attach", "-p", mine, "-n", "1", "-i", "-1ms"}, 2,
                           {"--interval", "'-1ms'"});
  expect_refused_with_hint({"map", place_.weights(), "--grid", "0"}, 2, {"--grid", "'0'"});
  expect_refused_with_hint({"map", place_.weights(), "--grid", "1"}, 2, {"grid", "pieces"});
}

TEST_F(FaultProbeInput, WithATinyRingCountsWhatItLoses) {
  BYTEPATH_SKIP_WITHOUT_BPF();
  const auto report = document_of(fault_probe(
      with_touching({"run", "--backend", "bpf", "--ring", "64K", "--json", "-"}, {"every:2"})));
  const double lost = number_of(parameter_of(report, "lost_faults"));
  const auto faults = [&](const std::string& where) {
    return number_of(cell_of(report, "elsewhere", where, "faults"));
  };
  EXPECT_LE(faults("all traced") + lost, faults("getrusage's count"));
  EXPECT_GE(faults("all traced") + lost, faults("getrusage's count") - 64);
  EXPECT_TRUE(lost == 0 || find_finding(report, "faults.lost-events") != nullptr);
}

// ---- the model ----

TEST_F(FaultProbeInput, WithAModelThatIsNotThereIsRefused) {
  for (const char* command : {"touch", "run", "whatif"})
    expect_refused_with_hint({command, "-m", "/nowhere/model.gguf", "--", "/bin/true"}, 2,
                             {"/nowhere/model.gguf", "No such file"});
  for (const char* command : {"map", "cache"})
    expect_refused_with_hint({command, "/nowhere/model.gguf"}, 2,
                             {"/nowhere/model.gguf", "No such file"});
  expect_refused_with_hint({"map", place_.at("")}, 2, {place_.at("")});
}

TEST_F(FaultProbeInput, ThatIsNoModelIsRefused) {
  expect_refused_with_hint({"map", place_.weights()}, 3, {place_.weights(), "GGUF"});
  expect_refused_with_hint({"map", place_.write("empty.gguf", "")}, 2, {"empty.gguf"});
  expect_refused(fault_probe({"map", "/dev/null"}), 2, {"/dev/null", "not a regular file"});
}

TEST_F(FaultProbeInput, ThatIsAHostileModelIsRefused) {
  GgufFile many;
  many.more_tensors = std::uint64_t{1} << 63U;
  GgufFile beyond;
  beyond.tensors = {{.name = "t", .shape = {1 << 20}, .offset = std::uint64_t{1} << 40U}};
  GgufFile twice;
  twice.tensors = {{.name = "t", .shape = {8}}, {.name = "t", .shape = {8}}};
  twice.data_bytes = 64;
  const std::string good = twice.content();
  const std::vector<std::pair<std::string, std::string>> files = {
      {"many.gguf", many.content()},
      {"beyond.gguf", beyond.content()},
      {"twice.gguf", good},
      {"cut.gguf", good.substr(0, 30)},
      {"long.safetensors", Bytes().u64(std::uint64_t{1} << 62U).raw("{}").content()},
      {"broken.safetensors", safetensors_file(R"({"a":{"dtype":"F32")", 16)}};
  for (const auto& [name, content] : files) {
    const auto path = place_.write(name, content);
    expect_refused_with_hint({"map", path}, 2, {path});
  }
}

TEST_F(FaultProbeInput, WithAModelThatIsNeverMappedReportsAndFails) {
  for (const char* command : {"touch", "run", "whatif"}) {
    SCOPED_TRACE(command);
    const auto outcome = fault_probe(with_command({command, "--json", "-"}, {"/bin/true"}));
    const auto report = report_of(outcome, 3);
    EXPECT_EQ(report.tool, "fault-probe");
    expect_error_and_hint(outcome.err, {place_.weights(), "never mapped by /bin/true"});
  }
}

TEST_F(FaultProbeInput, WithAPagesFileThatIsNoneIsRefused) {
  const auto other = place_.write("other", "something else\n");
  for (const auto& path : {place_.at("missing"), other, place_.weights()}) {
    expect_refused_with_hint({"map", place_.weights(), "--grid", "1MiB", "--touched", path}, 2,
                             {path});
    expect_refused_with_hint(with_touching({"run", "--touched", path}), 2, {path});
  }
}

TEST_F(FaultProbeInput, WithAPagesFileOfOtherFilesIsRefused) {
  const auto pages = place_.at("pages");
  ASSERT_EQ(fault_probe(with_touching({"touch", "--pages", pages})).status, 0);
  const auto other = place_.write("other", std::string(4096, 'o'));
  const std::vector<std::string> named = {"--touched", pages,
                                          place_.weights() + " of 2097152 bytes"};
  expect_refused_with_hint({"map", other, "--grid", "4K", "--touched", pages}, 2, named);
  expect_refused_with_hint({"run", "-m", other, "--grid", "4K", "--touched", pages, "--",
                            BYTEPATH_TOUCHER, other, "seq"},
                           2, named);
  // What a pattern takes is known only at the end.
  const auto outcome = fault_probe({"run", "-m", "oth*", "--touched", pages, "-q", "--json", "-",
                                    "--", BYTEPATH_TOUCHER, other, "seq"});
  report_of(outcome, 2);
  expect_error_and_hint(outcome.err, named);
  // One that is of other files too is of use.
  EXPECT_EQ(
      fault_probe({"map", other, place_.weights(), "--grid", "4K", "--touched", pages}).status, 0);
}

// ---- the command ----

TEST_F(FaultProbeInput, WithACommandThatCannotRunIsRefused) {
  for (const char* command : {"touch", "run", "whatif"}) {
    expect_refused_with_hint(with_command({command}, {"no-such-program-b5d957"}), 2,
                             {"'no-such-program-b5d957'"});
    expect_refused_with_hint(with_command({command}, {"/nowhere/program"}), 2,
                             {"'/nowhere/program'"});
    expect_refused_with_hint(with_command({command}, {place_.weights()}), 2,
                             {place_.weights(), "Permission denied"});
  }
}

TEST_F(FaultProbeInput, WithACommandThatIsKilledReportsAndFails) {
  for (const char* command : {"touch", "run"}) {
    for (const char* end : {"--killed", "--crash"}) {
      SCOPED_TRACE(std::string(command) + " " + end);
      const auto outcome = fault_probe(with_touching({command, "--json", "-"}, {"seq", end}));
      const auto report = report_of(outcome, 4);
      const bool exact = std::string_view(command) == "touch";
      EXPECT_EQ(metric_of(report, exact ? "touched_bytes" : "mapped_bytes"),
                static_cast<double>(place_.bytes()));
      expect_error_and_hint(outcome.err, {"killed by signal"});
    }
  }
}

TEST_F(FaultProbeInput, WithACommandThatFailsWarns) {
  for (const char* command : {"touch", "run"}) {
    SCOPED_TRACE(command);
    const auto script = std::string(BYTEPATH_TOUCHER) + " " + place_.weights() + " seq; exit 3";
    const auto report =
        document_of(fault_probe(with_command({command, "--json", "-"}, {"/bin/sh", "-c", script})));
    EXPECT_EQ(parameter_of(report, "exit_code"), result::Value(std::int64_t{3}));
    ASSERT_NE(find_finding(report, "faults.command-failed"), nullptr);
  }
}

// A program that its user may run and not read cannot be looked at by that user.
TEST_F(FaultProbeInput, WithAProgramThatHidesItsFilesSaysSo) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become the user of another's program";
  const auto hidden = place_.copy_of(BYTEPATH_TOUCHER);
  ASSERT_EQ(::chmod(hidden.c_str(), 0711), 0);
  for (const char* command : {"touch", "run"}) {
    SCOPED_TRACE(command);
    auto words = with_command({command, "--json", "-"}, {hidden, place_.weights(), "seq"});
    words.insert(words.begin(), place_.copy_of(probe_path("fault-probe")));
    const auto outcome = run({.arguments = std::move(words), .user = nobody});
    EXPECT_EQ(outcome.status, 3);
    expect_error_and_hint(outcome.err, {place_.weights(), "not seen to be mapped", "forbids"});
  }
}

TEST_F(FaultProbeInput, WithACommandThatEndsWithALargeStatusWasNotKilled) {
  for (const char* command : {"touch", "run"}) {
    SCOPED_TRACE(command);
    const auto script = std::string(BYTEPATH_TOUCHER) + " " + place_.weights() + " seq; exit 200";
    const auto outcome =
        fault_probe(with_command({command, "--json", "-"}, {"/bin/sh", "-c", script}));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(parameter_of(document_of(outcome), "exit_code"), result::Value(std::int64_t{200}));
  }
}

TEST_F(FaultProbeInput, WithAnEmptyArgumentOfTheCommandPassesItOn) {
  const auto script = std::string(BYTEPATH_TOUCHER) + " " + place_.weights() + " seq; exit $#";
  for (const char* command : {"touch", "run"}) {
    SCOPED_TRACE(command);
    const auto outcome = fault_probe(
        with_command({command, "--json", "-"}, {"/bin/sh", "-c", script, "sh", "", "[ x ]"}));
    EXPECT_EQ(parameter_of(document_of(outcome), "exit_code"), result::Value(std::int64_t{2}));
  }
}

// ---- the process ----

TEST_F(FaultProbeInput, WithAProcessThatIsGoneIsRefused) {
  pid_t gone = 0;
  {
    gone = tests::ChildProcess({BYTEPATH_TOUCHER, place_.weights(), "none", "--hold"}, {}).pid();
  }
  expect_refused_with_hint({"run", "-p", std::to_string(gone)}, 2,
                           {"no process " + std::to_string(gone)});
  expect_refused_with_hint({"attach", "-p", std::to_string(gone)}, 2,
                           {"no process " + std::to_string(gone)});
}

TEST_F(FaultProbeInput, WithAThreadSaysWhoseItIs) {
  std::promise<pid_t> number;
  std::promise<void> enough;
  std::jthread thread([&] {
    number.set_value(gettid());
    enough.get_future().wait();
  });
  const auto id = std::to_string(number.get_future().get());
  const auto process = std::to_string(getpid());
  for (const char* command : {"run", "attach"})
    expect_refused_with_hint({command, "-p", id}, 2, {id + " is a thread of process " + process});
  enough.set_value();
}

TEST_F(FaultProbeInput, WithAProcessOfAnotherUserIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
  const auto probe = place_.copy_of(probe_path("fault-probe"));
  const auto mine = std::to_string(getpid());
  for (const Words& how : {Words{"run", "-p", mine}, Words{"attach", "-p", mine}}) {
    SCOPED_TRACE(how.front());
    Words words = how;
    words.insert(words.begin(), probe);
    const auto outcome = run({.arguments = std::move(words), .user = nobody});
    EXPECT_EQ(outcome.status, 3);
    EXPECT_EQ(outcome.out, "");
    expect_error_and_hint(outcome.err, {mine});
  }
}

TEST_F(FaultProbeInput, WithAProcessThatEndsMeanwhileReportsUntilThen) {
  tests::ChildProcess toucher({BYTEPATH_TOUCHER, place_.weights(), "none", "--hold"}, {});
  ASSERT_TRUE(toucher.ready());
  const std::filesystem::directory_iterator before(place_.at(""));
  const auto files = std::distance(before, {});
  // It opens its trace file when it has begun to trace.
  std::jthread ending([&](const std::stop_token& stop) {
    while (std::distance(std::filesystem::directory_iterator(place_.at("")), {}) == files &&
           !stop.stop_requested())
      std::this_thread::sleep_for(10ms);
    kill(toucher.pid(), SIGKILL);
  });
  const auto outcome =
      fault_probe({"run", "-p", std::to_string(toucher.pid()), "-m", place_.weights(), "--grid",
                   "1MiB", "-q", "--json", "-", "--trace", place_.at("trace.json")});
  EXPECT_TRUE(says_not_measured(document_of(outcome), "mapped pages"));
}

}  // namespace
}  // namespace bytepath::test
