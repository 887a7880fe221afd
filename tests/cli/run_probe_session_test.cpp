#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>

#include "support/run_probe.h"

// run-probe's own options on real commands: what it counts, and what stops a command.
namespace bytepath::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

Words reasons_of(const nlohmann::json& session) {
  Words out;
  for (const auto& each : session.at("bytepath").at("not_measured")) {
    out.push_back(each.at("what").get<std::string>() + ": " + each.at("reason").get<std::string>());
  }
  return out;
}

TEST(RunProbeCounters, CountEveryRunOfAnyUser) {
  const TemporaryFolder folder;
  const auto copy = folder.at("run-probe");
  std::filesystem::copy_file(probe_path("run-probe"), copy);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  for (const std::optional<uid_t> user : {std::optional<uid_t>{}, std::optional<uid_t>{65534}}) {
    if (user && geteuid() != 0) continue;
    const auto outcome =
        run({.arguments = {copy, "-N", "-r3", "--counters", "page-faults,context-switches",
                           "--style", "none", "--export-json", "-", "true"},
             .user = user});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto session = json_of(outcome.out);
    for (const double faults : metric_of(session, "page-faults")["samples"]) EXPECT_GT(faults, 0);
  }
}

TEST(RunProbeCounters, ThatTheHostLacksAreNamedAndRequiredOnRequest) {
  const auto reasons =
      reasons_of(session_json({"-N", "-r1", "--counters", "cycles,page-faults", "true"}));
  const auto cycles = std::ranges::find_if(
      reasons, [](const std::string& reason) { return reason.starts_with("cycles: "); });
  if (cycles == reasons.end()) GTEST_SKIP() << "this host has a PMU";
  const auto text = run_probe({"-N", "-r1", "--counters", "cycles", "true"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.err, HasSubstr("n/a: cycles"));
  const auto required =
      run_probe({"-N", "-r1", "--require-counters", "--counters", "cycles", "true"});
  EXPECT_EQ(required.status, 3);
  EXPECT_EQ(required.out, "");
  EXPECT_THAT(required.err, HasSubstr("Error: cycles"));
}

TEST(RunProbeCounters, ThatAreThereCanBeRequired) {
  const auto outcome =
      run_probe({"-N", "-r1", "--require-counters", "--counters", "page-faults", "true"});
  EXPECT_THAT(outcome.status, AnyOf(0, 3)) << outcome.err;
  if (outcome.status == 3) GTEST_SKIP() << outcome.err;
}

TEST(RunProbeCounters, AreListed) {
  const auto outcome = run_probe({"--counters", "list"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* event : {"page-faults", "task-clock", "context-switches", "cycles"}) {
    EXPECT_THAT(outcome.out, HasSubstr(std::string("  ") + event + " "));
  }
  EXPECT_EQ(outcome.err, "");
}

TEST(RunProbeMetric, CanBeAnythingThatIsMeasured) {
  for (const char* metric : {"wall", "user", "max_rss", "minor_faults", "page-faults"}) {
    const auto outcome = run_probe(
        {"-N", "--pairs", "6", "--counters", "page-faults", "--metric", metric, "true", "echo"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr(std::string("Comparison of ") + metric + " with true"));
  }
}

TEST(RunProbeMetric, IsTakenFromTheOutput) {
  const auto session = session_json({"-N", "--pairs", "6", "--metric", "stdout:speed ([0-9.]+)",
                                     "echo speed 100 MB/s", "echo speed 150.5 MB/s"});
  const auto metric = metric_of(session, "stdout:speed ([0-9.]+)", "2");
  EXPECT_EQ(metric["median"], 150.5);
  EXPECT_EQ(metric["count"], 6);
  EXPECT_EQ(session["bytepath"]["verdict"]["state"], "slower") << "lower is better";
}

TEST(RunProbeMetric, ThatTheOutputLacksIsSaid) {
  const auto outcome =
      run_probe({"-N", "--pairs", "6", "--metric", "stdout:time ([0-9]+)", "echo a", "echo b"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("in 6 of 6 runs of echo a no number matched"));
  EXPECT_THAT(outcome.out, HasSubstr("inconclusive"));
}

TEST(RunProbeMetric, IsFoundBehindALineWithoutEnd) {
  const auto session =
      session_json({"-r1", "-w0", "--metric", "stdout:^(?:a*)b?n=([0-9]+)$",
                    "head -c 3M /dev/zero | tr '\\0' a; echo; echo n=x; echo n=5; echo n=6"});
  EXPECT_EQ(metric_of(session, "stdout:^(?:a*)b?n=([0-9]+)$")["median"], 5);
}

TEST(RunProbeMemory, IsThatOfEachCommandAlone) {
  const auto session = session_json({"-N", "-r1", "-w0", "head -c 200M /dev/zero",
                                     "sh -c 'head -c 100M /dev/zero | tail -c 90M'", "true"});
  const auto rss = [&](const char* number) {
    return metric_of(session, "max_rss", number)["median"].get<double>();
  };
  constexpr double mib = 1 << 20;
  EXPECT_GT(rss("2"), 80 * mib) << "of its children too";
  EXPECT_LT(rss("3"), 8 * mib) << "of the command before, or of run-probe";
}

TEST(RunProbeCpu, HoldsTheCommandsOnOne) {
  cpu_set_t ours;
  ASSERT_EQ(sched_getaffinity(0, sizeof ours, &ours), 0);
  int cpu = CPU_SETSIZE - 1;
  while (cpu > 0 && !CPU_ISSET(cpu, &ours)) --cpu;
  const auto outcome = run_probe({"-N", "-r1", "--cpu", std::to_string(cpu), "--show-output",
                                  "grep Cpus_allowed_list /proc/self/status"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Cpus_allowed_list:\t" + std::to_string(cpu) + "\n"));
}

TEST(RunProbeNames, ThatAreTheSameAreWarnedOf) {
  const auto outcome = run_probe({"-N", "-r2", "true", "true"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("commands 1 and 2 are both named true"));
}

TEST(RunProbeBlocks, OfTwoCommandsSayWhatTheyCannotTell) {
  const std::string note = "--compare measures in pairs";
  EXPECT_THAT(run_probe({"-N", "-r2", "true", "echo"}).err, HasSubstr(note));
  EXPECT_THAT(run_probe({"-N", "-r2", "true"}).err, Not(HasSubstr(note)));
  EXPECT_THAT(run_probe({"-N", "--pairs", "2", "true", "echo"}).err, Not(HasSubstr(note)));
}

}  // namespace
}  // namespace bytepath::test
