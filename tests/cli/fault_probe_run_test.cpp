#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/child_process.h"
#include "support/fault_probe.h"

// fault-probe run: the cost of the faults, by BPF and by perf events, of a command and of a running
// process.
namespace bytepath::test {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

// Faults that the kernel makes for itself, in execve(2) and for /proc: no tracer sees them.
constexpr double most_kernel_faults = 64;

class FaultProbeRun : public testing::Test {
 protected:
  Outcome outcome_of(Words options, const Words& how) const {
    options.insert(options.begin(), {"run", "-m", place_.weights(), "--grid", "1MiB", "-q"});
    return fault_probe(with_toucher(std::move(options), place_.weights(), how));
  }
  result::Document document(Words options, const Words& how) const {
    options.insert(options.end(), {"--json", "-"});
    return document_of(outcome_of(std::move(options), how));
  }
  double faults_in(const result::Document& report, const std::string& where) const {
    return number_of(cell_of(report, "elsewhere", where, "faults"));
  }
  // What the toucher counted itself: "faults MINOR MAJOR wall_ns N" of the touching.
  static double faults_of_toucher(const std::string& out) {
    std::istringstream words(out.substr(out.find("faults ") + 7));
    double minor = 0;
    double major = 0;
    words >> minor >> major;
    return minor + major;
  }

  // That no fault is missing, and that those of the touching are of the file. `out` holds what the
  // toucher said.
  void expect_all_faults(const result::Document& report, const std::string& out) const {
    const double traced = faults_in(report, "all traced");
    const double counted = faults_in(report, "getrusage's count");
    EXPECT_LE(traced, counted);
    EXPECT_GE(traced, counted - most_kernel_faults);
    const double in_file = number_of(cell_of(report, "files", place_.weights(), "faults"));
    EXPECT_EQ(in_file, faults_of_toucher(out)) << out;
    EXPECT_EQ(in_file, faults_in(report, "the files above"));
    EXPECT_EQ(faults_in(report, "no known mapping"), 0);
    EXPECT_EQ(traced,
              in_file + faults_in(report, "other files") + faults_in(report, "anonymous memory"));
    EXPECT_EQ(number_of(parameter_of(report, "lost_faults")), 0);
    EXPECT_EQ(number_of(parameter_of(report, "lost_mappings")), 0);
  }
  void expect_all_faults_of(const std::string& backend, const Words& how) const {
    SCOPED_TRACE(backend + " " + testing::PrintToString(how));
    auto words = how;
    words.emplace_back("--print-rusage");
    const auto outcome =
        outcome_of({"--backend", backend, "--json", place_.at("report.json")}, words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const auto report = result::from_json(place_.read("report.json"), "report.json");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(parameter_of(*report, "backend"), result::Value(backend));
    expect_all_faults(*report, outcome.out);
  }

  const Workplace place_;
};

const std::vector<Words>& ways_of_faulting() {
  static const std::vector<Words> ways = {
      {"every:20", "--random"}, {"random:10", "--threads", "3"},      {"every:3", "--fork"},
      {"seq", "--remap"},       {"runs:16", "--mremap", "--private"}, {"every:20", "--exec"},
      {"random:10", "--kernel"}};
  return ways;
}

TEST_F(FaultProbeRun, ByBpfMissesNoFault) {
  BYTEPATH_SKIP_WITHOUT_BPF();
  for (const auto& way : ways_of_faulting()) expect_all_faults_of("bpf", way);
}

TEST_F(FaultProbeRun, ByPerfEventsMissesNoFault) {
  for (const auto& way : ways_of_faulting()) {
    // Its events are of faults in user mode, and it has no record of what mremap(2) moves.
    const bool unseen = std::ranges::any_of(
        way, [](const std::string& word) { return word == "--kernel" || word == "--mremap"; });
    if (!unseen) expect_all_faults_of("perf", way);
  }
  const auto report = document({"--backend", "perf"}, {"seq", "--mremap"});
  EXPECT_TRUE(says_not_measured(report, "what mremap moved"));
}

// The pages come into the page cache, but from the program.
TEST_F(FaultProbeRun, OfAFileThatTheCommandWritesReadsNothing) {
  BYTEPATH_SKIP_WITHOUT_BPF();
  const auto script = "head -c " + std::to_string(place_.bytes()) + " /dev/zero >" +
                      place_.weights() + "; exec " + BYTEPATH_TOUCHER + " " + place_.weights() +
                      " seq";
  const auto report =
      document_of(fault_probe({"run", "--backend", "bpf", "-q", "-m", place_.weights(), "--grid",
                               "1MiB", "--json", "-", "--", "/bin/sh", "-c", script}));
  EXPECT_GT(metric_of(report, "faults"), 0);
  EXPECT_EQ(metric_of(report, "read_bytes"), 0);
}

TEST_F(FaultProbeRun, OfAColdFileReadsWhatThePageCacheGains) {
  BYTEPATH_SKIP_WITHOUT_BPF();
  for (const Words& how : {Words{"seq"}, Words{"every:20", "--random"}, Words{"runs:16"}}) {
    SCOPED_TRACE(testing::PrintToString(how));
    if (!place_.make_cold()) GTEST_SKIP() << place_.weights() << " does not leave the page cache";
    const auto report = document({"--backend", "bpf"}, how);
    const auto gained = static_cast<double>(place_.cached_pages() * 4096);
    EXPECT_GT(gained, 0);
    EXPECT_EQ(metric_of(report, "read_bytes"), gained);
    EXPECT_EQ(number_of(cell_of(report, "files", place_.weights(), "read")), gained);
  }
}

TEST_F(FaultProbeRun, WithoutReadaheadReadsEachTouchedPageFromTheDisk) {
  BYTEPATH_SKIP_WITHOUT_BPF();
  if (!place_.make_cold()) GTEST_SKIP() << place_.weights() << " does not leave the page cache";
  const auto report = document({"--backend", "bpf"}, {"every:20", "--random"});
  EXPECT_EQ(number_of(cell_of(report, "classes", std::string("disk-read"), "faults")), 103);
  EXPECT_EQ(metric_of(report, "read_bytes"), 103 * 4096);
}

TEST_F(FaultProbeRun, ShowsPopulatedMappingsByTheirCall) {
  BYTEPATH_SKIP_WITHOUT_BPF();
  const auto report = document({"--backend", "bpf"}, {"every:20", "--populate"});
  EXPECT_EQ(metric_of(report, "faults"), 0);
  EXPECT_EQ(metric_of(report, "mapped_bytes"), static_cast<double>(place_.bytes()));
  EXPECT_EQ(number_of(cell_of(report, "calls", "mmap populate", "count")), 1);
  EXPECT_GT(number_of(cell_of(report, "calls", "mmap populate", "time")), 0);
  const auto untimed = document({"--backend", "bpf", "--no-calls"}, {"every:20", "--populate"});
  EXPECT_EQ(find_table(untimed, "calls"), nullptr);
}

TEST_F(FaultProbeRun, PutsTheThreeFiguresSideBySide) {
  const auto pages = place_.at("pages");
  ASSERT_EQ(fault_probe(with_toucher({"touch", "-m", place_.weights(), "--grid", "1MiB", "-q",
                                      "--pages", pages},
                                     place_.weights(), {"every:20"}))
                .status,
            0);
  const auto report = document({"--touched", pages}, {"every:20"});
  const auto* finding = find_finding(report, "faults.touched");
  ASSERT_NE(finding, nullptr);
  const auto value = [&](const char* key) { return number_of(finding->evidence.at(key)); };
  EXPECT_EQ(finding->evidence.at("file"), result::Value(place_.weights()));
  EXPECT_EQ(value("touched_bytes"), 103 * 4096);
  EXPECT_EQ(value("faults_times_page_bytes"), value("faults") * 4096);
  EXPECT_EQ(value("faults"), metric_of(report, "faults"));
  EXPECT_EQ(value("mapped_bytes"), metric_of(report, "mapped_bytes"));
  EXPECT_GE(value("mapped_bytes"), value("touched_bytes"));
}

TEST_F(FaultProbeRun, WritesATraceOfSlices) {
  const auto path = place_.at("trace.json");
  const auto report = document({"--trace", path}, {"every:20", "--random"});
  const auto trace = nlohmann::json::parse(place_.read("trace.json"), nullptr, false);
  ASSERT_TRUE(trace.is_object()) << place_.read("trace.json").substr(0, 200);
  double faults = 0;
  for (const auto& event : trace.at("traceEvents")) {
    if (event.value("cat", "") != "fault") continue;
    ++faults;
    EXPECT_EQ(event.at("ph"), "X");
    EXPECT_GT(event.at("ts").get<double>(), 0);
    EXPECT_GE(event.at("dur").get<double>(), 0);
    EXPECT_EQ(event.at("args").at("file"), place_.weights());
    EXPECT_LT(event.at("args").at("offset").get<std::uint64_t>(), place_.bytes());
  }
  EXPECT_GT(faults, 0);
  EXPECT_EQ(faults, metric_of(report, "faults"));
}

TEST_F(FaultProbeRun, MapsAsAPolicySays) {
  const auto faults_with = [&](const char* policy) {
    return metric_of(document({"--policy", policy}, {"seq"}), "faults");
  };
  EXPECT_GT(faults_with("demand"), 0);
  EXPECT_EQ(faults_with("populate"), 0);
}

TEST_F(FaultProbeRun, FollowsAProcessForAWhile) {
  tests::ChildProcess toucher({BYTEPATH_TOUCHER, place_.weights(), "seq", "--hold"}, {});
  ASSERT_TRUE(toucher.ready());
  const auto outcome =
      fault_probe({"run", "-p", std::to_string(toucher.pid()), "-m", place_.weights(), "--grid",
                   "1MiB", "--duration", "200ms", "-q", "--json", "-"});
  const auto report = document_of(outcome);
  EXPECT_TRUE(report.complete);
  EXPECT_GE(outcome.elapsed, 200ms);
  EXPECT_GE(metric_of(report, "wall"), 200e6);
  EXPECT_EQ(metric_of(report, "mapped_bytes"), static_cast<double>(place_.bytes()));
  EXPECT_EQ(parameter_of(report, "subject"),
            result::Value("process " + std::to_string(toucher.pid())));
}

TEST_F(FaultProbeRun, SeesTheFaultsOfARunningProcess) {
  // It goes on for four seconds.
  tests::ChildProcess toucher(
      {BYTEPATH_TOUCHER, place_.weights(), "none", "--hold", "--second", "seq", "--work", "2000"},
      {});
  ASSERT_TRUE(toucher.ready());
  ASSERT_TRUE(toucher.send("\n"));
  const auto report =
      document_of(fault_probe({"run", "-p", std::to_string(toucher.pid()), "-m", place_.weights(),
                               "--grid", "1MiB", "--duration", "500ms", "-q", "--json", "-"}));
  EXPECT_GT(metric_of(report, "faults"), 0);
  EXPECT_GT(metric_of(report, "mapped_bytes"), 0);
}

// ---- another user ----

class FaultProbeRunAsNobody : public FaultProbeRun {
 protected:
  Outcome run_as_nobody(Words options) const {
    options.insert(options.begin(), {place_.copy_of(probe_path("fault-probe")), "run", "-m",
                                     place_.weights(), "--grid", "1MiB", "-q"});
    options.insert(options.end(),
                   {"--", place_.copy_of(BYTEPATH_TOUCHER), place_.weights(), "every:20"});
    return run({.arguments = std::move(options), .user = nobody});
  }
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
  }
};

TEST_F(FaultProbeRunAsNobody, FallsBackToPerfEventsAndSaysSo) {
  const auto report = document_of(run_as_nobody({"--json", "-"}));
  EXPECT_EQ(parameter_of(report, "backend"), result::Value(std::string("perf")));
  EXPECT_TRUE(says_not_measured(report, "faults by BPF"));
  EXPECT_GT(metric_of(report, "faults"), 0);
  EXPECT_GT(metric_of(report, "mapped_bytes"), 0);
}

TEST_F(FaultProbeRunAsNobody, MeasuresByPerfEventsWhenAsked) {
  const auto report = document_of(run_as_nobody({"--backend", "perf", "--json", "-"}));
  EXPECT_FALSE(says_not_measured(report, "faults by BPF"));
  EXPECT_GT(metric_of(report, "faults"), 0);
  const double traced = faults_in(report, "all traced");
  const double counted = faults_in(report, "getrusage's count");
  EXPECT_LE(traced, counted);
  EXPECT_GE(traced, counted - most_kernel_faults);
}

TEST_F(FaultProbeRunAsNobody, IsRefusedWhenItMustBeBpf) {
  const auto outcome = run_as_nobody({"--backend", "bpf"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.out, "");
  expect_error_and_hint(outcome.err, {"BPF", "not permitted"});
}

}  // namespace
}  // namespace bytepath::test
