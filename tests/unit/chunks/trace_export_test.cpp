#include "chunks/trace_export.h"

#include <gmock/gmock.h>

#include "chunks/chunk_requests.h"
#include "chunks/trace_import.h"
#include "mounts/trace_file.h"
#include "simulation/oracle_general.h"
#include "support/mount_traces.h"
#include "support/temporary_folder.h"

namespace bytepath::chunks {
namespace {

using simulation::OracleRecord;

constexpr std::uint64_t kib = 1024;

Result<std::string> export_text(const ExportOptions& options) {
  std::string text;
  const auto document = export_trace(options, [&](std::string_view piece) -> Result<> {
    text += piece;
    return {};
  });
  if (!document) return std::unexpected(document.error());
  return text;
}

std::vector<OracleRecord> records_of(std::string_view bytes) {
  std::vector<OracleRecord> records;
  for (std::size_t at = 0; at < bytes.size(); at += simulation::oracle_record_bytes) {
    records.push_back(
        simulation::read_oracle_record(reinterpret_cast<const std::byte*>(bytes.data() + at)));
  }
  return records;
}

TEST(ChunkRequests, AreOneForEachChunkOfARequest) {
  mounts::MountTrace trace;
  trace.files = {{.id = {.device = test::fuse_device, .inode = 2}, .bytes = 2500, .path = "/a"}};
  trace.requests = {test::read_request(2, 0, 1024, 0), test::read_request(2, 1000, 100, 1),
                    test::read_request(3, 0, 1, 2), test::read_request(2, 2048, 452, 3),
                    test::read_request(2, 1024, 1024, 3'500'000'000)};
  const auto reads = reads_of(trace, {}, false, "t");
  ASSERT_TRUE(reads);
  std::string bytes;
  const auto written = write_chunk_requests(*reads, mounts::FileTable(trace), 0, 1024,
                                            [&](std::string_view piece) -> Result<> {
                                              bytes += piece;
                                              return {};
                                            });
  ASSERT_TRUE(written);
  EXPECT_EQ(written->requests, 6U);
  EXPECT_EQ(written->objects, 4U);
  const auto records = records_of(bytes);
  ASSERT_EQ(records.size(), 6U);
  std::vector<std::int64_t> next;
  std::vector<std::uint32_t> sizes;
  for (const auto& record : records) {
    next.push_back(record.next);
    sizes.push_back(record.bytes);
  }
  EXPECT_EQ(next, (std::vector<std::int64_t>{1, -1, 5, -1, -1, -1}));
  EXPECT_EQ(sizes, (std::vector<std::uint32_t>{1024, 1024, 1024, 1024, 452, 1024}));
  EXPECT_EQ(records[2].object, records[5].object);
  EXPECT_EQ(records[5].seconds, 3U);
}

TEST(ChunkRequests, AreNotMoreThanFit) {
  mounts::MountTrace trace;
  for (int i = 0; i < 40; ++i) trace.requests.push_back(test::read_request(2, 0, UINT32_MAX, 0));
  const auto reads = reads_of(trace, {}, false, "t");
  const auto write = [](std::string_view) -> Result<> { return {}; };
  const auto written = write_chunk_requests(*reads, mounts::FileTable(trace), 0, 4096, write);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::usage);
}

TEST(TraceExport, KnowsEveryFormat) {
  const test::TemporaryFolder folder;
  const auto trace = folder.write("t", to_bytes(test::erofs_on_fuse()));
  for (const auto& format : export_formats()) {
    const auto text = export_text({.trace = trace, .format = format, .choice = {}});
    ASSERT_TRUE(text) << format << ": " << text.error().message;
    EXPECT_FALSE(text->empty()) << format;
  }
}

TEST(TraceExport, ListsRangesOfTheFuseMountAndFilesOfTheApplications) {
  const test::TemporaryFolder folder;
  const auto trace = folder.write("t", to_bytes(test::erofs_on_fuse()));
  const auto of = [&](const char* format, const char* mount) {
    return export_text({.trace = trace, .format = format, .choice = {.mount = mount}})
        .value_or("error");
  };
  EXPECT_THAT(of("ranges", ""), testing::StartsWith("/image 0 3145728\n"));
  EXPECT_THAT(of("ranges", "0"), testing::StartsWith("/usr/bin/python3 0 65536\n"));
  EXPECT_THAT(of("nydus", ""), testing::StartsWith("/usr/bin/python3\n"));
  EXPECT_EQ(of("nydus", "1"), "/image\n");
  EXPECT_EQ(of("csv", "0"), "error");
}

TEST(TraceExport, SaysWhatTheTraceLacks) {
  const test::TemporaryFolder folder;
  auto lossy = test::erofs_on_fuse();
  lossy.losses.requests = 3;
  const auto trace = folder.write("t", to_bytes(lossy));
  const auto write = [](std::string_view) -> Result<> { return {}; };
  EXPECT_EQ(
      export_trace({.trace = trace, .format = "csv", .choice = {}}, write)->not_measured.size(),
      1U);
  const std::string bytes = to_bytes(test::erofs_on_fuse());
  const auto cut = folder.write("cut", bytes.substr(0, bytes.size() - 10));
  const auto document = export_trace({.trace = cut, .format = "csv", .choice = {}}, write);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->not_measured.at(0).what, "the end of the trace");
}

TEST(TraceExport, OfFilesWithoutAPathIsRefused) {
  const test::TemporaryFolder folder;
  auto unnamed = test::erofs_on_fuse();
  unnamed.files.clear();
  const auto trace = folder.write("t", to_bytes(unnamed));
  EXPECT_TRUE(export_text({.trace = trace, .format = "csv", .choice = {}}));
  EXPECT_TRUE(export_text({.trace = trace, .format = "oraclegeneral", .choice = {}}));
  EXPECT_THAT(export_text({.trace = trace, .format = "soci", .choice = {}}).error().message,
              testing::HasSubstr("has a path that is known"));
}

TEST(TraceExport, OfWhatCannotBeWrittenFails) {
  const test::TemporaryFolder folder;
  const auto trace = folder.write("t", to_bytes(test::erofs_on_fuse()));
  for (const auto& format : export_formats()) {
    EXPECT_FALSE(export_trace(
        {.trace = trace, .format = format, .choice = {}},
        [](std::string_view) -> Result<> { return fail(ErrorKind::failed, "the disk is full"); }))
        << format;
  }
}

TEST(TraceImport, OfWhatWasExportedIsTheSame) {
  const test::TemporaryFolder folder;
  const auto trace = folder.write("t", to_bytes(test::erofs_on_fuse()));
  for (const std::string& format : std::vector<std::string>{"csv", "blkparse", "oraclegeneral"}) {
    const auto text = export_text({.trace = trace, .format = format, .choice = {}});
    ASSERT_TRUE(text);
    const auto file = folder.write("exported", *text);
    const auto document = import_trace(
        {.file = file, .format = format, .output = folder.at("imported")}, no_progress);
    ASSERT_TRUE(document) << document.error().message;
    const auto imported = mounts::read_trace(folder.at("imported"));
    ASSERT_TRUE(imported);
    EXPECT_EQ(imported->requests.size(), 36U) << format;
    EXPECT_TRUE(imported->whole);
    std::uint64_t bytes = 0;
    for (const auto& request : imported->requests) bytes += request.replied;
    EXPECT_EQ(bytes, format == "oraclegeneral" ? 36 * 512 * kib : 3 * 1024 * kib + 16 * kib);
  }
}

TEST(TraceImport, ThatIsStoppedWritesNothing) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("log", std::string(2 << 20, '\n'));
  const auto document =
      import_trace({.file = file, .format = "csv", .output = folder.at("t")},
                   [](std::size_t, std::size_t, std::string_view) { return false; });
  ASSERT_TRUE(document);
  EXPECT_FALSE(document->complete);
  EXPECT_EQ(folder.names(), std::set<std::string>{"log"});
}

TEST(TraceImport, OfWhatIsNoLogIsRefused) {
  const test::TemporaryFolder folder;
  const auto nothing = folder.write("nothing", "");
  for (const auto& format : import_formats()) {
    for (const auto& file : {folder.path(), folder.at("missing"), nothing}) {
      const auto document =
          import_trace({.file = file, .format = format, .output = folder.at("t")}, no_progress);
      ASSERT_FALSE(document) << format << " " << file;
      EXPECT_EQ(document.error().kind, ErrorKind::usage);
    }
  }
  EXPECT_EQ(folder.names(), std::set<std::string>{"nothing"});
}

}  // namespace
}  // namespace bytepath::chunks
