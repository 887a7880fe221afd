#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "mounts/trace_file.h"
#include "support/chunk_probe.h"
#include "support/mount_traces.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// chunk-probe's commands on mounts, as their user runs them, without a mount that is worth it: the
// real thing is in tests/root.
namespace bytepath::test {
namespace {

class MountTraceFile : public testing::Test {
 protected:
  std::string save(const std::string& bytes) { return folder_.write("t.trace", bytes); }
  static std::string bytes() { return mounts::to_bytes(erofs_on_fuse()); }

  const TemporaryFolder folder_;
};

double metric(const result::Document& document, std::string_view name) {
  const auto at = std::ranges::find(document.metrics, name, &result::Metric::name);
  return at == document.metrics.end() ? -1 : at->median;
}

const result::Table* table(const result::Document& document, std::string_view name) {
  const auto at = std::ranges::find(document.tables, name, &result::Table::name);
  return at == document.tables.end() ? nullptr : &*at;
}

TEST_F(MountTraceFile, IsReported) {
  const auto outcome = chunk_probe({"report", "--json", "-", save(bytes())});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  EXPECT_TRUE(document.complete);
  EXPECT_EQ(document.parameters.at("command"),
            result::Value(std::string("python3 -c import json")));
  // 16 x 64 KiB, 16 x 128 KiB, 4 x 4 KiB, 4 x 32 KiB
  EXPECT_EQ(metric(document, "read_bytes"), (1024 + 2048 + 16 + 128) * 1024.0);
  EXPECT_EQ(metric(document, "page_misses"), 37);
  ASSERT_NE(table(document, "first_access"), nullptr);
  EXPECT_EQ(table(document, "first_access")->rows.at(0).at(1),
            result::Value(std::string("/usr/bin/python3")));
  ASSERT_FALSE(document.heatmaps.empty());
  EXPECT_EQ(document.heatmaps[0].values.size(), document.heatmaps[0].y_names.size());
}

TEST_F(MountTraceFile, IsReportedInEveryForm) {
  const auto path = save(bytes());
  for (const char* format : {"text", "markdown", "csv", "html", "json"}) {
    const auto outcome = chunk_probe({"report", "--format", format, path});
    EXPECT_EQ(outcome.status, 0) << format << outcome.err;
    EXPECT_FALSE(outcome.out.empty());
  }
}

TEST_F(MountTraceFile, IsListedWhole) {
  const auto path = save(bytes());
  const auto reads = document_of(chunk_probe({"report", "--by", "tier", "--json", "-", path}));
  ASSERT_NE(table(reads, "reads"), nullptr);
  EXPECT_EQ(table(reads, "reads")->rows.size(), 40U);
  const auto fine =
      document_of(chunk_probe({"report", "--by", "chunk", "--grid", "64K", "--json", "-", path}));
  EXPECT_EQ(table(fine, "first_access")->rows.size(), 4U);
}

TEST_F(MountTraceFile, ThatWasCutOffIsReportedAsFarAsItGoes) {
  const auto outcome = chunk_probe({"report", "--json", "-", save(bytes().substr(0, 2500))});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  EXPECT_FALSE(document.complete);
  ASSERT_FALSE(document.not_measured.empty());
  EXPECT_EQ(document.not_measured[0].what, "the end of the recording");
}

TEST_F(MountTraceFile, WithoutAWaitNamesNoThread) {
  auto trace = erofs_on_fuse();
  trace.stalls.clear();
  const auto outcome = chunk_probe({"report", save(mounts::to_bytes(trace))});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::HasSubstr("no thread waited"));
  EXPECT_THAT(outcome.out, testing::Not(testing::HasSubstr("thread 0")));
}

TEST_F(MountTraceFile, ThatIsNoneIsRefused) {
  expect_refused({"report"}, "trace");
  expect_refused({"report", folder_.at("missing")}, folder_.at("missing"));
  expect_refused({"report", folder_.path()}, "is a folder");
  expect_refused({"whatif", folder_.path()}, folder_.path());
  expect_refused({"report", save("hello")}, "is no trace of a mount");
  std::string newer = bytes();
  newer[8] = 7;
  expect_refused({"report", save(newer)}, "version 7");
  const auto path = save(bytes());
  expect_refused({"report", "--grid", "3K", path}, "--grid: 3072");
  expect_refused({"report", "--tier", "l2", path}, "--tier: 'l2'");
  expect_refused({"report", "--tier", "l2=10.0.0.1:9-3", path}, "--tier");
  expect_refused({"report", path, path}, "one trace");
}

TEST(ChunkProbeMount, RefusesWhatItCannotRecord) {
  const TemporaryFolder folder;
  expect_refused({"record"}, "which mount?");
  expect_refused({"record", "-m", folder.at("missing")}, folder.at("missing"));
  expect_refused({"record", "-m", folder.path()}, "is no mount point: it lies on /");
  expect_refused({"record", "-m", "/proc", "-m", "/sys"}, "one mount");
  expect_refused({"record", "-m", "/proc", "-p", "1", "--cgroup", "/x"}, "exclude each other");
  expect_refused({"record", "-m", "/proc", "-p", "1", "--", "true"}, "exclude each other");
  expect_refused({"record", "-m", "/proc", "--", "/no/such/program"}, "/no/such/program");
  expect_refused({"record", "-m", "/proc", "--cgroup", folder.path()}, "is no control group");
  expect_refused({"record", "-m", "/proc", "-p", "4194304"}, "4194304");
}

// A command that has run would have to run again.
TEST(ChunkProbeMount, RefusesATraceThatCannotBeReadBackBeforeItStartsTheCommand) {
  const TemporaryFolder folder;
  const auto pipe = folder.at("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const auto& trace : {std::string("/dev/null"), std::string("/dev/stdout"), pipe}) {
    const auto ran = folder.at("ran");
    expect_refused({"record", "-m", "/proc", "-t", trace, "--", "touch", ran},
                   "--trace: " + trace + " is no regular file");
    EXPECT_FALSE(std::filesystem::exists(ran));
  }
}

TEST(ChunkProbeMount, RefusesWhatTheOthersCannotDo) {
  expect_refused({"bench", "-m", "/proc"}, "command");
  expect_refused({"bench", "--", "true"}, "which mount?");
  expect_refused({"live", "-m", "/proc", "-i", "1ms"}, "--interval");
  expect_refused({"stack"}, "mount");
  expect_refused({"stack", "/proc", "/sys"}, "one mount");
  expect_refused({"stack", "/no/such/folder"}, "/no/such/folder");
}

TEST(ChunkProbeMount, SaysWhatAMountIsMadeOf) {
  const auto outcome = chunk_probe({"stack", "--json", "-", "/proc"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(document_of(outcome).verdict.text, "/proc is proc");
}

}  // namespace
}  // namespace bytepath::test
