#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/chunk_probe.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// export, import and score of the built chunk-probe as its user runs them.
namespace bytepath::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view reads_csv =
    "time_ns,path,offset,length,latency_ns\n"
    "0,/image,0,4096,2000000\n"
    "3000000,/image,4096,4096,2000000\n"
    "6000000,/b c,8192,100,1000000\n"
    "9000000,/image,0,4096,10\n";

// A trace of these reads.
std::string trace_in(const TemporaryFolder& folder) {
  const auto csv = folder.write("reads.csv", reads_csv);
  const auto trace = folder.at("t.trace");
  const auto outcome = chunk_probe({"import", csv, "--format", "csv", "-o", trace});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("4 requests to read, 12.1 KiB, out of 5 lines"));
  return trace;
}

TEST(ChunkProbeExport, WritesToStandardOutputAndNothingElse) {
  const TemporaryFolder folder;
  const auto outcome = chunk_probe({"export", trace_in(folder), "--format", "ranges"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "/image 0 8192\n/b c 8192 100\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(ChunkProbeExport, WritesAFileAndReports) {
  const TemporaryFolder folder;
  const auto trace = trace_in(folder);
  const auto outcome = chunk_probe(
      {"export", trace, "-f", "nydus", "-o", folder.at("list"), "--json", folder.at("j")});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(folder.read("list"), "/image\n/b c\n");
  EXPECT_THAT(folder.read("j"), HasSubstr("\"exported\""));
  const auto quiet = chunk_probe({"export", trace, "-f", "oraclegeneral", "-o", folder.at("og"),
                                  "--chunk", "4K", "--json", "-"});
  EXPECT_EQ(document_of(quiet).verdict.text,
            "4 requests for chunks of 2 files, 12.1 KiB, as oraclegeneral");
  EXPECT_EQ(folder.read("og").size(), 4U * 24);
  const auto caches = chunk_probe({"whatif", "--policies", "lru", "--json", "-", folder.at("og")});
  EXPECT_EQ(caches.status, 0) << caches.err;
}

TEST(ChunkProbeExport, RefusesWhatItCannotUse) {
  const TemporaryFolder folder;
  const auto trace = trace_in(folder);
  expect_refused({"export", trace}, "--format is missing");
  expect_refused({"export", trace, "--format", "csvv"}, "unknown name 'csvv'");
  expect_refused({"export", folder.at("none"), "--format", "csv"}, folder.at("none"));
  expect_refused({"export", folder.at("reads.csv"), "--format", "csv"}, "is no trace of a mount");
  expect_refused({"export", trace, trace, "--format", "csv"}, "one trace");
  expect_refused({"export", trace, "--format", "csv", "--mount", "3"}, "--mount: ");
  expect_refused({"export", trace, "--format", "oraclegeneral", "--chunk", "1K"}, "--chunk");
  expect_refused({"export", trace, "--format", "overlaybd-trace"},
                 "a blob trace is about one file");
  expect_refused({"export", trace, "--format", "csv", "-o", folder.at("none/x")}, "none/x", 4);
  expect_refused({"export", trace, "--format", "csv", "-o", "/dev/full"}, "/dev/full", 4);
  EXPECT_EQ(folder.names(), (std::set<std::string>{"reads.csv", "t.trace"}));
}

TEST(ChunkProbeExport, FailsWhenStandardOutputIsFull) {
  const TemporaryFolder folder;
  const auto outcome = run({.arguments = {"/bin/sh", "-c",
                                          probe_path("chunk-probe") + " export --format csv " +
                                              trace_in(folder) + " >/dev/full"}});
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("standard output"));
}

TEST(ChunkProbeImport, SaysWhichLinesWereNoReads) {
  const TemporaryFolder folder;
  const auto log =
      folder.write("log",
                   "2021.01.15 08:26:11.1 [uid:0,gid:0,pid:1] write (1,8666,49): OK <0.000010>\n"
                   "nonsense\n"
                   "2021.01.15 08:26:11.2 [uid:0,gid:0,pid:1] read (1,4096,0): OK <0.000010>\n");
  const auto outcome =
      chunk_probe({"import", log, "--format", "juicefs", "-o", folder.at("t"), "--json", "-"});
  const auto document = document_of(outcome);
  EXPECT_EQ(document.verdict.text,
            "1 request to read, 4.00 KiB, out of 3 lines; 1 could not be read");
  EXPECT_TRUE(says_not_measured(document, "1 of 3 lines"));
}

TEST(ChunkProbeImport, ReadsAPipe) {
  const TemporaryFolder folder;
  const auto trace = trace_in(folder);
  const auto probe = probe_path("chunk-probe");
  const auto outcome = run(
      {.arguments = {"/bin/sh", "-c",
                     probe + " export --format csv " + trace + " | " + probe +
                         " import --format csv -q -o " + folder.at("again") +
                         " /dev/stdin >/dev/null && " + probe + " export --format csv " +
                         folder.at("again") + " >" + folder.at("again.csv") + " && " + probe +
                         " export --format csv " + trace + " | cmp - " + folder.at("again.csv")}});
  EXPECT_EQ(outcome.status, 0) << outcome.err << outcome.out;
}

TEST(ChunkProbeImport, RefusesWhatItCannotUse) {
  const TemporaryFolder folder;
  const auto log = folder.write("log", "\nnonsense\n");
  const auto trace = folder.at("t");
  expect_refused({"import", log, "-o", trace}, "--format is missing");
  expect_refused({"import", log, "--format", "csv"}, "--output is missing");
  expect_refused({"import", log, "--format", "csv", "-o", "-"}, "--output is missing");
  expect_refused({"import", log, "--format", "juicefs", "-o", trace},
                 "line 2 is none of juicefs: nonsense");
  expect_refused({"import", log, "--format", "oraclegeneral", "-o", trace}, "24 bytes");
  expect_refused({"import", folder.at("none"), "--format", "csv", "-o", trace}, "none");
  expect_refused({"import", log, log, "--format", "csv", "-o", trace}, "one file");
  expect_refused({"import", log, "--format", "csv", "-o", folder.path()}, "cannot write", 4);
  EXPECT_EQ(folder.names(), std::set<std::string>{"log"});
}

TEST(ChunkProbeScore, ComparesAListWithAStart) {
  const TemporaryFolder folder;
  const auto trace = trace_in(folder);
  const auto list = folder.write("list", "/image 4096 4096\n/image 8192 4096\n/gone 0 10\n");
  const auto document = document_of(chunk_probe({"score", list, trace, "--json", "-"}));
  const auto table = std::ranges::find(document.tables, "score", &result::Table::name);
  ASSERT_NE(table, document.tables.end());
  EXPECT_EQ(table->rows[0][1], result::Value(std::int64_t{8202})) << "listed";
  EXPECT_EQ(table->rows[0][2], result::Value(std::int64_t{8292})) << "used";
  EXPECT_EQ(table->rows[0][3], result::Value(std::int64_t{4096})) << "ready";
  EXPECT_EQ(table->rows[0][6], result::Value(25.0)) << "requests that are ready";
  EXPECT_EQ(parameter_of(document, "unknown_paths"), result::Value(std::int64_t{1}));
  const auto text = chunk_probe({"score", list, trace});
  EXPECT_THAT(text.out, HasSubstr("the list has 49.4 % of the bytes and 25.0 % of the requests"));
  EXPECT_THAT(text.out, HasSubstr("/gone"));
}

TEST(ChunkProbeScore, TakesEveryListThatIsExported) {
  const TemporaryFolder folder;
  const auto trace = trace_in(folder);
  for (const char* format : {"nydus", "overlaybd", "estargz", "soci", "ranges"}) {
    const auto exported = chunk_probe({"export", trace, "-f", format, "-o", folder.at("list")});
    ASSERT_EQ(exported.status, 0) << exported.err;
    for (const std::vector<std::string>& named :
         {std::vector<std::string>{}, {"--list-format", format}}) {
      std::vector<std::string> arguments = {"score", folder.at("list"), trace};
      arguments.insert(arguments.end(), named.begin(), named.end());
      const auto outcome = chunk_probe(arguments);
      EXPECT_THAT(outcome.out, HasSubstr("100 % of the bytes and 100 % of the requests"))
          << format << outcome.err;
    }
  }
}

TEST(ChunkProbeScore, RefusesWhatItCannotUse) {
  const TemporaryFolder folder;
  const auto trace = trace_in(folder);
  const auto list = folder.write("list", "/image\n");
  const auto empty = folder.write("empty", "\n");
  expect_refused({"score", list}, "score takes a list and a trace");
  expect_refused({"score", empty, trace}, "the list has no entry");
  expect_refused({"score", trace, list}, "is no path");
  expect_refused({"score", list, list}, "is no trace of a mount");
  expect_refused({"score", list, trace, "--list-format", "soci"}, "JSON array");
  expect_refused({"score", folder.at("none"), trace}, folder.at("none"));
  expect_refused({"score", folder.path(), trace}, folder.path());
}

}  // namespace
}  // namespace bytepath::test
