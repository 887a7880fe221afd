#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fault_probe.h"

// fault-probe touch finds the pages that a program touches, to the page, whatever it does with its
// mapping. The oracle is support/toucher.c, which writes what it touched in the same format.
namespace bytepath::test {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

enum class Cache { warm, cold };
enum class Folios { small, large };  // how the page cache holds the file, or held it
enum class Build { dynamic, static_ };
enum class User { root, other };

struct Touching {
  std::string name;
  std::string pattern;
  Words how = {};
  Cache cache = Cache::warm;
  Folios folios = Folios::small;
  Build build = Build::dynamic;
  User user = User::other;
  int status = 0;
};

std::ostream& operator<<(std::ostream& out, const Touching& touching) {
  return out << touching.name;
}

// Not the full product: each way of mapping, of touching and of ending comes cold and warm, dynamic
// and static, and each pattern in both sizes of folios and by both users.
std::vector<Touching> touchings() {
  using enum Cache;
  using enum Folios;
  using enum Build;
  using enum User;
  return {
      {"Seq", "seq", {}, warm, small, dynamic, root},
      {"SeqStatic", "seq", {}, cold, large, static_, other},
      {"Every3", "every:3", {}, cold, small, dynamic, other},
      {"Every3Static", "every:3", {}, warm, large, static_, root},
      {"Every20", "every:20", {}, warm, large, dynamic, other},
      {"Every20Static", "every:20", {}, cold, small, static_, root},
      {"Random", "random:10", {}, cold, large, dynamic, root},
      {"RandomStatic", "random:10", {}, warm, small, static_, other},
      {"Runs", "runs:16", {}, warm, large, dynamic, root},
      {"RunsStatic", "runs:16", {}, cold, small, static_, other},
      {"Nothing", "none", {}, warm, small, dynamic, other},
      {"Private", "every:3", {"--private"}, warm, large, dynamic, other},
      {"PrivateStatic", "random:10", {"--private"}, cold, small, static_, root},
      {"Populate", "every:20", {"--populate"}, warm, small, dynamic, root},
      {"PopulateStatic", "runs:16", {"--populate"}, cold, large, static_, other},
      {"Advice", "every:3", {"--willneed", "--sequential"}, cold, small, dynamic, root},
      {"HugePages", "random:10", {"--aligned"}, warm, large, dynamic, other},
      {"Threads", "random:10", {"--threads", "3"}, cold, small, dynamic, other},
      {"ThreadsStatic", "seq", {"--threads", "3", "--shuffle"}, warm, large, static_, root},
      {"Fork", "every:3", {"--fork"}, warm, small, dynamic, other},
      {"ForkStatic", "runs:16", {"--fork", "--threads", "2"}, cold, large, static_, root},
      {"Remap", "every:20", {"--remap"}, cold, large, dynamic, root},
      {"RemapStatic", "seq", {"--remap"}, warm, small, static_, other},
      {"Mremap", "random:10", {"--mremap"}, warm, small, dynamic, root},
      {"MremapStatic", "every:3", {"--mremap"}, cold, large, static_, other},
      {"Unmap", "runs:16", {"--unmap"}, cold, small, dynamic, other},
      {"UnmapStatic", "every:20", {"--unmap"}, warm, large, static_, root},
      {"Exec", "seq", {"--exec"}, warm, large, dynamic, other},
      {"ExecStatic", "random:10", {"--exec"}, cold, small, static_, root},
      {"Kernel", "every:3", {"--kernel"}, cold, large, dynamic, root},
      {"KernelStatic", "runs:16", {"--kernel"}, warm, small, static_, other},
      {"Crash", "every:20", {"--crash"}, warm, small, dynamic, other, 4},
      {"CrashStatic", "random:10", {"--crash"}, cold, large, static_, root, 4},
      {"ExitGroup", "seq", {"--exit-group"}, cold, small, dynamic, root},
      {"ExitGroupStatic", "every:3", {"--exit-group"}, warm, large, static_, other},
      {"Killed", "runs:16", {"--killed"}, warm, large, dynamic, root, 4},
  };
}

class FaultProbeTouch : public testing::TestWithParam<Touching> {
 protected:
  // Into the wanted state; false where the file system cannot.
  bool prepare() const {
    if (GetParam().folios == Folios::large) {
      if (!place_.make_cold()) return false;
      place_.read_through();
    }
    return GetParam().cache == Cache::warm || place_.make_cold();
  }
  Outcome touch() const {
    const std::string toucher =
        GetParam().build == Build::static_ ? BYTEPATH_TOUCHER_STATIC : BYTEPATH_TOUCHER;
    Words words = {place_.copy_of(probe_path("fault-probe")),
                   "touch",
                   "--model",
                   place_.weights(),
                   "--grid",
                   "1MiB",
                   "--pages",
                   place_.at("pages"),
                   "--json",
                   place_.at("report.json"),
                   "-q",
                   "--",
                   place_.copy_of(toucher),
                   place_.weights(),
                   GetParam().pattern,
                   "--truth",
                   place_.at("truth")};
    words.insert(words.end(), GetParam().how.begin(), GetParam().how.end());
    std::optional<uid_t> user;
    if (GetParam().user == User::other && geteuid() == 0) user = nobody;
    return run({.arguments = std::move(words), .directory = place_.at(""), .user = user});
  }

  const Workplace place_;
};

TEST_P(FaultProbeTouch, FindsExactlyThePages) {
  if (GetParam().build == Build::static_ && std::string(BYTEPATH_TOUCHER_STATIC).empty())
    GTEST_SKIP() << "needs musl-gcc, to build a static program";
  if (GetParam().user == User::root && geteuid() != 0) GTEST_SKIP() << "needs root";
  if (!prepare()) GTEST_SKIP() << place_.weights() << " does not leave the page cache";
  const auto outcome = touch();
  EXPECT_EQ(outcome.status, GetParam().status) << outcome.err;
  const auto truth = place_.read("truth");
  ASSERT_THAT(truth, HasSubstr(place_.weights()));
  EXPECT_TRUE(place_.read("pages") == truth) << place_.read("pages").substr(0, 400) << "but\n"
                                             << truth.substr(0, 400);
  const auto report = result::from_json(place_.read("report.json"), "report.json");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(parameter_of(*report, "exact"), result::Value(true));
}

INSTANTIATE_TEST_SUITE_P(Ways, FaultProbeTouch, testing::ValuesIn(touchings()),
                         [](const auto& instance) { return instance.param.name; });

// ---- what else it tells ----

class FaultProbeTouchReport : public testing::Test {
 protected:
  Outcome touch(Words options, const Words& how) const {
    options.insert(options.begin(), "touch");
    return fault_probe(with_toucher(std::move(options), place_.weights(), how));
  }
  result::Document document(Words options, const Words& how) const {
    options.insert(options.end(), {"-q", "--json", "-"});
    return document_of(touch(std::move(options), how));
  }

  const Workplace place_;
};

TEST_F(FaultProbeTouchReport, IsOfTheFilesThatAPatternFits) {
  for (const std::string& pattern : {std::string("weigh*"), place_.at("w?ights")}) {
    SCOPED_TRACE(pattern);
    const auto report = document({"-m", pattern}, {"every:20"});
    EXPECT_EQ(number_of(cell_of(report, "files", place_.weights(), "touched")), 103 * 4096);
  }
}

TEST_F(FaultProbeTouchReport, IsOfAllMappedFilesWithoutAModel) {
  const auto report = document({}, {"every:20"});
  const auto* files = find_table(report, "files");
  ASSERT_NE(files, nullptr);
  EXPECT_GT(files->rows.size(), 1U) << "the C library is mapped too";
  EXPECT_EQ(number_of(cell_of(report, "files", place_.weights(), "touched")), 103 * 4096);
}

TEST_F(FaultProbeTouchReport, AddsUpTheProcessesOfACommand) {
  const std::string toucher = BYTEPATH_TOUCHER;
  const std::string script = toucher + " " + place_.weights() + " every:20 && " + toucher + " " +
                             place_.weights() + " every:3 & wait";
  const auto report =
      document_of(fault_probe({"touch", "-m", place_.weights(), "--grid", "1MiB", "-q", "--json",
                               "-", "--", "/bin/sh", "-c", script}));
  std::int64_t either = 0;
  for (std::uint64_t page = 0; page < place_.pages(); ++page)
    either += page % 20 == 0 || page % 3 == 0;
  EXPECT_EQ(metric_of(report, "touched_bytes"), static_cast<double>(either * 4096));
}

TEST_F(FaultProbeTouchReport, SaysThatTimesAreAltered) {
  const auto report = document({"-m", place_.weights(), "--grid", "1MiB"}, {"seq"});
  EXPECT_TRUE(says_not_measured(report, "times and fault counts"));
  EXPECT_EQ(report.verdict.state, "exact");
  const auto* finding = find_finding(report, "faults.touched");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(number_of(finding->evidence.at("touched_bytes")), static_cast<double>(place_.bytes()));
}

TEST_F(FaultProbeTouchReport, LeavesTheCommandItsOutputAndStatus) {
  const auto outcome = fault_probe({"touch", "-m", place_.weights(), "--grid", "1MiB", "-q",
                                    "--json", place_.at("report.json"), "--", "/bin/sh", "-c",
                                    std::string(BYTEPATH_TOUCHER) + " " + place_.weights() +
                                        " seq; echo to-out; echo to-err >&2; exit 7"});
  EXPECT_EQ(outcome.status, 0) << "a command that fails is a warning";
  EXPECT_EQ(outcome.out, "to-out\n");
  EXPECT_EQ(outcome.err, "to-err\n");
  const auto report = result::from_json(place_.read("report.json"), "report.json");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(parameter_of(*report, "exit_code"), result::Value(std::int64_t{7}));
  const auto* finding = find_finding(*report, "faults.command-failed");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, result::Severity::warning);
}

}  // namespace
}  // namespace bytepath::test
