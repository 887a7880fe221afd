#include "mounts/log_import.h"

#include <gmock/gmock.h>

#include "mounts/blkparse_text.h"
#include "mounts/log_time.h"
#include "mounts/request_csv.h"
#include "mounts/trace_file.h"
#include "support/mount_traces.h"

namespace bytepath::mounts {
namespace {

Result<ImportedLog> import_text(std::string_view format, std::string_view text,
                                std::size_t piece = 1000) {
  const auto formats = log_formats();
  LogImport log(*std::ranges::find(formats, format, &LogFormat::name));
  for (std::size_t at = 0; at < text.size(); at += piece) log.add(text.substr(at, piece));
  return log.finish("log");
}

// "offset size replied begin latency error process path", a line a request.
std::string requests_text(const MountTrace& trace) {
  const FileTable files(trace);
  std::string text;
  for (const Request& request : trace.requests) {
    text += fmt::format("{} {} {} {} {} {} {} {}\n", request.offset, request.size, request.replied,
                        request.begin_ns, request.end_ns - request.begin_ns, request.error,
                        request.process, files.path_of(files.id_of(request)));
  }
  return text;
}

void expect_imported(std::string_view format, std::string_view text, std::string_view requests,
                     std::uint64_t others, std::uint64_t wrong) {
  const auto log = import_text(format, text);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(requests_text(log->trace), requests);
  EXPECT_EQ(log->counts.others, others);
  EXPECT_EQ(log->counts.wrong, wrong) << log->counts.first_wrong_text;
  ASSERT_EQ(log->trace.mounts.size(), 1U);
  EXPECT_EQ(log->trace.mounts[0].type, "import." + std::string(format));
  // What was imported is a trace as any.
  const auto trace = trace_from_bytes(to_bytes(log->trace), "t");
  ASSERT_TRUE(trace);
  EXPECT_EQ(requests_text(*trace), requests);
}

TEST(LogImport, OfNbdkit) {
  // Written by nbdkit 1.32.5, but for the read that failed.
  constexpr std::string_view log =
      "2026-11-26 13:48:38.857527 Fork\n"
      "2026-11-26 13:48:38.882656 Preconnect id=1 readonly=0 ...\n"
      "2026-11-26 13:48:38.909182 connection=2 Connect export=\"\" tls=0 size=0x400000 write=1\n"
      "2026-11-26 13:48:38.909628 connection=2 Extents id=1 offset=0x0 count=0x40000 req_one=0 "
      "...\n"
      "2026-11-26 13:48:38.916063 connection=2 Read id=2 offset=0x0 count=0x40000 ...\n"
      "2026-11-26 13:48:38.916100 connection=2 Read id=3 offset=0x40000 count=0x1000 ...\n"
      "2026-11-26 13:48:38.916500 connection=2 ...Read id=3 return=-1 error=EIO\n"
      "2026-11-26 13:48:38.918063 connection=2 ...Read id=2 return=0\n"
      "2026-11-26 13:48:38.919063 connection=2 Read id=4 offset=0x1000 count=0x200 ...\n"
      "2026-11-26 13:48:38.952390 connection=2 Disconnect transactions=32\n";
  expect_imported("nbdkit-log", log,
                  "262144 4096 0 37000 400000 -5 0 /nbd\n"
                  "0 262144 262144 0 2000000 0 0 /nbd\n"
                  "4096 512 512 3000000 0 0 0 /nbd\n",
                  5, 0);
  EXPECT_EQ(import_text("nbdkit-log", log)->trace.files.at(0).bytes, 0x400000U);
}

TEST(LogImport, OfJuicefs) {
  expect_imported(
      "juicefs",
      "2021.01.15 08:26:11.003330 [uid:0,gid:0,pid:4403] write (17669,8666,4993160): OK "
      "<0.000010>\n"
      "#\n"
      "2021.01.15 08:26:11.003350 [uid:0,gid:0,pid:4403] read (17669,131072,4096): OK <0.000010>\n"
      "2021.01.15 08:26:12.003340 [uid:0,gid:0,pid:0] read (17669,131072,135168,7): OK (69632) "
      "<0.500000>\n"
      "2021.01.15 08:26:12.103340 [uid:0,gid:0,pid:9] read (3,4096,0,7): input/output error (0) "
      "<0.100000>\n"
      "2021.01.15 08:26:12 read (3,4096,0,7)\n",
      "4096 131072 131072 0 10000 0 4403 \n"
      "135168 69632 69632 500000000 500000000 0 0 \n"
      "0 4096 0 1000000000 100000000 -5 9 \n",
      2, 1);
}

TEST(LogImport, OfBlkparse) {
  expect_imported("blkparse",
                  "  8,0    3        1     0.000000000   697  Q   R 2048 + 16 [cat]\n"
                  "  8,0    3        2     0.000001000   697  G   R 2048 + 16 [cat]\n"
                  "  8,0    3        3     0.000002000   697  D  RA 2048 + 16 [cat]\n"
                  "  8,0    3        4     0.000003000   697  D   W 223490 + 8 [kjournald]\n"
                  "  8,0    3        5     0.000502000     0  C  RA 2048 + 16 [0]\n"
                  "253,0    3        6     0.000600000   697  Q   R 0 + 8 [cat]\n"
                  "253,0    3        7     0.000700000     0  C   R 0 + 8 [0]\n"
                  "  8,0    3        8     0.000800000     0  C   N [0]\n"
                  "CPU3 (sda):\n"
                  " Reads Queued:           1,        8KiB\n"
                  "  8,0    3        x     nonsense   697  D   R 1 + 1 [cat]\n",
                  "1048576 8192 8192 0 500000 0 697 /8:0\n"
                  "0 4096 4096 598000 100000 0 697 /253:0\n",
                  5, 1);
}

TEST(LogImport, OfAnAccessLog) {
  expect_imported(
      "access-log",
      // With the fields that the manual page adds to the combined format, written by nginx 1.22.
      "127.0.0.1 - - [26/Nov/2026:14:00:01 +0000] \"GET /image?token=1 HTTP/1.1\" 206 4096 \"-\" "
      "\"curl/7.88.1\" \"bytes=8192-12287\" 1795701601.250 0.020\n"
      // The combined format as it is.
      "127.0.0.1 - - [26/Nov/2026:15:00:02 +0100] \"GET /image HTTP/1.1\" 206 100 \"-\" \"-\"\n"
      "127.0.0.1 - - [26/Nov/2026:14:00:03 +0000] \"GET /a%20b HTTP/1.1\" 200 70 \"-\" \"-\" "
      "\"-\"\n"
      "127.0.0.1 - - [26/Nov/2026:14:00:03 +0000] \"HEAD /image HTTP/1.1\" 200 0 \"-\" \"-\"\n"
      "127.0.0.1 - - [26/Nov/2026:14:00:03 +0000] \"GET /none HTTP/1.1\" 404 150 \"-\" \"-\"\n"
      "127.0.0.1 - - [26/Nov/2026:14:00:04 +0000] \"GET /image HTTP/1.1\" 206 9 \"-\" \"-\" "
      "\"bytes=0-1,5-6\"\n"
      // S3.
      "79a5 bucket [26/Nov/2026:14:00:05 +0000] 192.0.2.3 79a5 3E57427F3 REST.GET.OBJECT image "
      "\"GET /bucket/image HTTP/1.1\" 206 - 65536 8388608 70 10 \"-\" \"S3Console/0.4\" - abc=\n"
      "nonsense\n",
      "8192 4096 4096 0 20000000 0 0 /image\n"
      "0 100 100 770000000 0 0 0 /image\n"
      "0 70 70 1770000000 0 0 0 /a%20b\n"
      "0 65536 65536 3700000000 70000000 0 0 /bucket/image\n",
      2, 2);
}

TEST(LogImport, OfAnAccessLogSaysWhereNoRangeWasLogged) {
  const auto log = import_text(
      "access-log",
      "::1 - - [26/Nov/2026:15:00:02 +0100] \"GET /image HTTP/1.1\" 206 100 \"-\" \"-\"\n");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->counts.without_place, 1U);
}

TEST(LogImport, OfCsvTakesColumnsInAnyOrder) {
  expect_imported("csv",
                  "length,offset,path,time_ns\r\n"
                  "10,20,\"/a,\nb\",5\r\n"
                  "10,20,c,7\n"
                  "\n"
                  "10,20,/a\n"
                  "10,-20,/a,9\n"
                  "99999999999,20,/a,9\n"
                  "10,18446744073709551615,/a,9\n",
                  "20 10 10 0 0 0 0 /a,\nb\n"
                  "20 10 10 2 0 0 0 /c\n",
                  2, 4);
}

TEST(LogImport, OfCsvIsWhatWasExported) {
  auto trace = test::erofs_on_fuse();
  std::erase_if(trace.requests,
                [](const Request& request) { return request.opcode != read_opcode; });
  trace.requests[3].error = -5;
  trace.requests[3].replied = 0;
  trace.files.back().path = "/image, \"the\nfirst\"";
  const auto reads = reads_of(trace, {.everyone = true}, false, "t");
  ASSERT_TRUE(reads);
  std::string text;
  ASSERT_TRUE(
      write_csv(*reads, FileTable(trace), trace.begin_ns, [&](std::string_view piece) -> Result<> {
        text += piece;
        return {};
      }));
  const auto log = import_text("csv", text, 7);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->counts.wrong, 0U) << log->counts.first_wrong_text;
  auto expected = trace.requests;
  const std::uint64_t first = std::ranges::min(expected, {}, &Request::begin_ns).begin_ns;
  ASSERT_EQ(log->trace.requests.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    Request& wanted = expected[i];
    wanted.begin_ns -= first;
    wanted.end_ns -= first;
    EXPECT_EQ(std::memcmp(&log->trace.requests[i], &wanted, sizeof wanted), 0) << i;
  }
  EXPECT_EQ(FileTable(log->trace).path_of(trace.files.back().id), trace.files.back().path);
}

TEST(LogImport, OfBlkparseIsWhatWasExported) {
  const auto trace = test::erofs_on_fuse();
  const auto reads = reads_of(trace, {}, false, "t");
  std::string text;
  ASSERT_TRUE(write_blkparse(*reads, FileTable(trace), trace.begin_ns,
                             [&](std::string_view piece) -> Result<> {
                               text += piece;
                               return {};
                             }));
  const auto log = import_text("blkparse", text);
  ASSERT_TRUE(log);
  ASSERT_EQ(log->trace.requests.size(), reads->requests.size());
  const auto again = reads_of(log->trace, {}, false, "t");
  for (std::size_t i = 0; i < reads->requests.size(); ++i) {
    EXPECT_EQ(again->requests[i]->offset, reads->requests[i]->offset);
    EXPECT_EQ(again->requests[i]->replied, reads->requests[i]->replied);
    EXPECT_EQ(again->requests[i]->end_ns - again->requests[i]->begin_ns, 2'000'000U);
  }
}

TEST(LogImport, OfWhatIsNoLogNamesTheFirstLineThatIsWrong) {
  for (const auto& format : log_formats()) {
    const auto log = import_text(format.name, "\nnonsense\x01 here\nmore\n");
    ASSERT_FALSE(log) << format.name;
    EXPECT_EQ(log.error().kind, ErrorKind::usage);
    EXPECT_EQ(log.error().message, fmt::format("log: no read in 3 lines; line 2 is none of {}: "
                                               "nonsense  here",
                                               format.name));
    EXPECT_NE(log.error().hint, "");
    EXPECT_EQ(import_text(format.name, "").error().message, "log: no read in 0 lines");
  }
}

TEST(LogImport, TakesWhateverLine) {
  const std::string long_line(1 << 20, '1');
  const std::string good =
      "2021.01.15 08:26:11.003350 [uid:0,gid:0,pid:4403] read (17669,131072,4096): OK <0.000010>\n";
  const auto log = import_text("juicefs", long_line + "\n" + std::string(10, '\0') + "\n" + good);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->counts.wrong, 2U);
  EXPECT_EQ(log->counts.first_wrong_text.size(), 80U);
  for (const auto& format : log_formats()) {
    for (const std::string& text :
         {long_line, long_line + "\n" + long_line, std::string(100, '"'), std::string(100, '['),
          std::string("a\0b", 3), std::string("\r\n\r\n")}) {
      EXPECT_FALSE(import_text(format.name, text)) << format.name;
    }
  }
}

TEST(LogImport, HasNoUseForNumbersThatCannotBe) {
  const auto refused = [](std::string_view format, std::string_view line) {
    const auto log = import_text(format, line);
    EXPECT_FALSE(log) << line;
    EXPECT_THAT(log.error().message, testing::HasSubstr("line 1 is none of")) << line;
  };
  constexpr std::string_view huge = "18446744073709551615";
  refused("juicefs", fmt::format("2021.01.15 08:26:11.0 [pid:1] read (1,4096,{}): OK <0.1>", huge));
  refused("juicefs", fmt::format("2021.01.15 08:26:11.0 [pid:1] read (1,{},0): OK <0.1>", huge));
  refused("juicefs", fmt::format("2021.01.15 08:26:11.0 [pid:1] read (1,1,0): OK <{}>", huge));
  refused("blkparse", fmt::format(" 8,0 3 1 0.0 697 D R {} + 16 [c]", huge));
  refused("blkparse", fmt::format(" 8,0 3 1 0.0 697 D R 0 + {} [c]", huge));
  refused("blkparse", fmt::format(" 8,0 3 1 {} 697 D R 0 + 8 [c]", huge));
  refused("nbdkit-log",
          "2026-11-26 13:48:38.9 connection=2 Read id=2 offset=0xffffffffffffffff count=0x1 ...");
  refused("nbdkit-log",
          "2026-11-26 13:48:38.9 connection=2 Read id=2 offset=0x0 count=0xffffffff ...");
  refused("access-log", fmt::format("h [26/Nov/2026:15:00:02 +0100] \"GET /i HTTP/1.1\" 206 {} "
                                    "\"-\" \"-\" \"bytes=0-{}\"",
                                    huge, huge));
  refused("access-log", "h [31/Feb/2026:15:00:02 +0100] \"GET /i HTTP/1.1\" 206 1 \"-\" \"-\"");
}

TEST(LogImport, OfALargeReadHasSmallRequests) {
  const auto log = import_text("access-log",
                               "h [26/Nov/2026:15:00:02 +0100] \"GET /i HTTP/1.1\" 200 "
                               "10000000000 \"-\" \"-\"");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->trace.requests.size(), 3U);
  EXPECT_EQ(log->trace.requests[2].offset, 8'000'000'000U);
  EXPECT_EQ(log->trace.files[0].bytes, 10'000'000'000U);
}

TEST(LogTime, IsNanosecondsSince1970) {
  EXPECT_EQ(parse_log_time("1970-01-02 00:00:01.5"), 86'401'500'000'000U);
  EXPECT_EQ(parse_log_time("1970.01.01 01:00:00"), 3'600'000'000'000U);
  EXPECT_EQ(parse_access_time("01/Jan/1970:02:00:00 +0130"), 1'800'000'000'000U);
  EXPECT_EQ(parse_access_time("31/Dec/1969:23:00:00 -0200"), std::nullopt) << "the year";
  EXPECT_EQ(parse_seconds("0.000010"), 10'000U);
  EXPECT_EQ(parse_seconds("1.1234567899"), 1'123'456'789U);
  for (const char* text : {"", " ", "1970-01-01", "1970-02-30 00:00:00", "1970-01-01 24:00:00",
                           "1970-01-01 00:00:00.", "1970-01-01 00:00:00.x", "2500-01-01 00:00:00",
                           "1970/01/01 00:00:00", "1970-01-01T00:00:00"}) {
    EXPECT_EQ(parse_log_time(text), std::nullopt) << text;
  }
  for (const char* text :
       {"", "01/Jan/1970", "01/Jan/1970:00:00:00", "01/Jam/1970:00:00:00 +0000",
        "01/Jan/1970:00:00:00 0000", "x/Jan/1970:00:00:00 +0000", "01/Jan/1970:00:00:00 +0100"}) {
    EXPECT_EQ(parse_access_time(text), std::nullopt) << text;
  }
  for (const char* text : {"", ".5", "1.", "-1", "1e3", "99999999999"}) {
    EXPECT_EQ(parse_seconds(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace bytepath::mounts
