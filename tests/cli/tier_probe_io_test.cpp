#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/probes.h"
#include "support/process.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// tier-probe io and trace as their user runs them, where no tracing is needed: the real thing is in
// tests/root.
namespace bytepath::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Outcome tier_probe(std::vector<std::string> arguments, Command command = {}) {
  arguments.insert(arguments.begin(), probe_path("tier-probe"));
  command.arguments = std::move(arguments);
  return run(command);
}

// One line says what is wrong, and names it; one follows with the way out.
void expect_refused(const std::vector<std::string>& arguments, const std::string& named,
                    int status = 2, const Command& command = {}) {
  SCOPED_TRACE(testing::PrintToString(arguments));
  const auto outcome = tier_probe(arguments, command);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, StartsWith("tier-probe: "));
  EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')), HasSubstr(named));
  EXPECT_THAT(outcome.err, HasSubstr("\nhint: "));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
}

class TierProbeIo : public testing::Test {
 protected:
  std::string file(std::size_t bytes = std::size_t{1} << 20) const {
    return folder_.write("file", std::string(bytes, 'x'));
  }
  const TemporaryFolder folder_;
};

TEST_F(TierProbeIo, RefusesWhatIsNoFileToMeasure) {
  expect_refused({"io"}, "path");
  expect_refused({"io", folder_.at("missing")}, "there is no file " + folder_.at("missing"));
  expect_refused({"io", folder_.path()}, folder_.path() + " is a folder");
  expect_refused({"io", "/dev/null"}, "neither a file nor a block device");
  expect_refused({"io", folder_.write("empty", "")}, "is empty", 3);
  expect_refused({"io", folder_.write("small", "abc")}, "has 3 B, less than", 3);
  expect_refused({"io", file(), file()}, "one file");
}

TEST_F(TierProbeIo, ReportsNothingButTheErrorWhereNothingCanBeRead) {
  // Its size says 4096, and it has less.
  const std::string false_size = "/sys/kernel/mm/transparent_hugepage/enabled";
  if (::access(false_size.c_str(), R_OK) != 0) GTEST_SKIP() << "no " << false_size;
  expect_refused({"io", "--label", "rusage", "--engine", "pread", "--state", "cold", false_size},
                 false_size + " became shorter", 4);
}

TEST_F(TierProbeIo, RefusesOptionsThatDoNotFit) {
  const auto path = file();
  expect_refused({"io", "--size", "2M", path}, "--size: 2 MiB is beyond the end");
  expect_refused({"io", "--size", "1K", path}, "--size: 1 KiB is less than");
  expect_refused({"io", "--engine", "aio", path}, "aio");
  expect_refused({"io", "--state", "hot", path}, "hot");
  expect_refused({"io", "--label", "magic", path}, "magic");
  expect_refused({"io", "--pattern", "zigzag", path}, "zigzag");
  expect_refused({"io", "--block", "0", path}, "--block");
  expect_refused({"io", "--accesses", "0", path}, "--accesses");
  expect_refused({"io", "--rate", "0", path}, "--rate");
  expect_refused({"io", "--poisson", path}, "--rate");
  expect_refused({"io", "--direct", "--state", "cold", path}, "--state");
  expect_refused({"io", "--direct", "--engine", "mmap", path}, "--engine mmap");
  expect_refused({"io", "--direct", "--block", "1000", path}, "--block");
  expect_refused({"io", "--direct", "--verify", path}, "--verify");
  expect_refused({"io", "--direct", "--label", "mincore", path}, "--label mincore");
  expect_refused({"io", "--cpu", "9999", path}, "9999");
  expect_refused({"io", "--backing", path, path}, "is not behind FUSE");
}

TEST(TierProbeAll, RefusesWhatItCannotUseBeforeAnythingIsMeasured) {
  const TemporaryFolder folder;
  expect_refused({"all", "--no-file", "--key", ""}, "--key: it is empty");
  expect_refused({"all", "--directory", folder.at("missing")}, folder.at("missing"));
  expect_refused({"all", "--no-file", folder.path()}, "is a folder");
}

TEST_F(TierProbeIo, RefusesWhatThisUserMayNotRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const auto path = file();
  ::chmod(path.c_str(), 0600);
  ::chmod(folder_.path().c_str(), 0755);
  expect_refused({"io", path}, path + ": Permission denied", 3, {.user = 65534});
}

TEST_F(TierProbeIo, MeasuresWithoutBpf) {
  for (const char* label : {"mincore", "rusage", "latency"}) {
    SCOPED_TRACE(label);
    const auto document = document_of(tier_probe(
        {"io", "--label", label, "--engine", "pread,mmap", "-n", "50", "--json", "-", file()}));
    EXPECT_TRUE(document.complete);
    // Three states of two engines.
    EXPECT_EQ(
        std::ranges::count_if(document.tables,
                              [](const auto& table) { return table.name.starts_with("tiers_"); }),
        6);
    EXPECT_NE(document.verdict.text, "");
    EXPECT_EQ(document.verdict.state,
              std::string_view(label) == "latency" ? "guessed" : "measured");
  }
}

TEST_F(TierProbeIo, ReportsBothTimesOfAnOpenLoop) {
  const auto document =
      document_of(tier_probe({"io", "--label", "mincore", "--engine", "pread", "--state", "warm",
                              "-n", "20", "--rate", "1000", "--poisson", "--json", "-", file()}));
  const auto has = [&](const std::string& name) {
    return std::ranges::find(document.tables, name, &result::Table::name) != document.tables.end();
  };
  EXPECT_TRUE(has("tiers_pread_warm"));
  EXPECT_TRUE(has("waits_pread_warm"));
}

TEST_F(TierProbeIo, GoesOnWithoutIoUringAndSaysSo) {
  const auto path = file();
  const Command filtered{.refused = {SYS_io_uring_setup}};
  const auto document = document_of(tier_probe(
      {"io", "--label", "mincore", "--state", "warm", "-n", "20", "--json", "-", path}, filtered));
  EXPECT_TRUE(says_not_measured(document, "io_uring"));
  EXPECT_EQ(document.tables.size(), 2U);  // pread and mmap
  expect_refused({"io", "--label", "mincore", "--engine", "uring", path}, "io_uring", 3, filtered);
}

TEST_F(TierProbeIo, GoesOnWithoutBpfAndSaysSo) {
  const auto document = document_of(
      tier_probe({"io", "--state", "warm", "--engine", "pread", "-n", "20", "--json", "-", file()},
                 {.refused = {SYS_bpf}}));
  EXPECT_TRUE(says_not_measured(document, "where each access came from"));
  expect_refused({"io", "--label", "bpf", file()}, "BPF", 3, {.refused = {SYS_bpf}});
}

TEST(TierProbeTrace, RefusesWhatItCannotTrace) {
  const TemporaryFolder folder;
  expect_refused({"trace"}, "what is to be traced?");
  expect_refused({"trace", "-p", "1", "--", "true"}, "exclude each other");
  expect_refused({"trace", "--duration", "1s", "--", "true"}, "--duration");
  expect_refused({"trace", "-p", "0"}, "--pid");
  expect_refused({"trace", "-p", "4194304"}, "there is no process 4194304");
  expect_refused({"trace", "--", "/no/such/program"}, "/no/such/program");
  expect_refused({"trace", "--", folder.path()}, folder.path());
}

TEST(TierProbeTrace, SaysThatItNeedsBpf) {
  expect_refused({"trace", "--", "true"}, "BPF", 3, {.refused = {SYS_bpf}});
}

}  // namespace
}  // namespace bytepath::test
