#include "chunks/start_reads.h"

#include <gtest/gtest.h>

#include "support/mount_traces.h"

namespace bytepath::chunks {
namespace {

constexpr std::uint64_t mib = 1 << 20;

mounts::MountTrace bare_trace() {
  mounts::MountTrace trace;
  trace.begin_ns = 1000;
  trace.end_ns = 9000;
  trace.mounts = {{.device = test::fuse_device, .type = "fuse.lazyfs", .bytes = mib}};
  return trace;
}

TEST(StartReads, AreThoseOfTheDeepestFuseMountInTheOrderOfTheirBegin) {
  const auto start = start_reads(test::erofs_on_fuse(), "trace");
  ASSERT_TRUE(start) << start.error().message;
  ASSERT_EQ(start->reads.size(), 40U);
  EXPECT_TRUE(std::ranges::is_sorted(start->reads, {}, &StartRead::begin_ns));
  EXPECT_EQ(start->reads[0].offset, 0U);
  EXPECT_EQ(start->reads[0].begin_ns, 1'000'000U) << "since the recording's begin";
  ASSERT_EQ(start->files.size(), 1U) << "of the FUSE mount";
  EXPECT_EQ(start->files[0].path, "/image");
  EXPECT_EQ(start->files[0].bytes, 8 * mib);
  EXPECT_EQ(start->unique_bytes, 3 * mib + 4 * 4096 + 4 * 32768);
  EXPECT_EQ(start->read_bytes, start->unique_bytes);
  EXPECT_EQ(start->duration_ns, 50'000'000U);
}

TEST(StartReads, CountBytesThatAreReadTwiceOnce) {
  auto trace = bare_trace();
  trace.requests = {test::read_request(2, 0, 8192, 2000, 10),
                    test::read_request(2, 4096, 8192, 3000, 10),
                    test::read_request(3, 0, 4096, 4000, 10)};
  const auto start = start_reads(trace, "trace");
  ASSERT_TRUE(start);
  EXPECT_EQ(start->read_bytes, 5 * 4096U);
  EXPECT_EQ(start->unique_bytes, 4 * 4096U);
  EXPECT_EQ(start->stall_ns, 30U);
}

TEST(StartReads, EndWhereTheFileEnds) {
  auto trace = bare_trace();
  trace.files = {{.id = {test::fuse_device, 2}, .bytes = 5000, .path = "/image"}};
  trace.requests = {test::read_request(2, 4096, 8192, 2000, 10),
                    test::read_request(2, 8192, 4096, 3000, 10)};
  trace.requests[0].replied = 904;
  const auto start = start_reads(trace, "trace");
  ASSERT_TRUE(start);
  ASSERT_EQ(start->reads.size(), 1U) << "one lies behind the end";
  EXPECT_EQ(start->reads[0].bytes, 904U);
}

TEST(StartReads, TakeTheMountsSizeForItsOnlyFile) {
  auto trace = bare_trace();
  trace.requests = {test::read_request(2, 0, 4096, 2000, 10)};
  auto start = start_reads(trace, "trace");
  ASSERT_TRUE(start);
  EXPECT_EQ(start->files[0].bytes, mib);
  trace.mounts[0].bytes = 0;
  start = start_reads(trace, "trace");
  ASSERT_TRUE(start);
  EXPECT_FALSE(start->files[0].size_known);
  EXPECT_EQ(start->files[0].bytes, 4096U);
}

TEST(StartReads, KnowTheFileByTheDaemonsNumberToo) {
  auto trace = bare_trace();
  trace.files = {{.id = {test::fuse_device, 2}, .node = 102, .bytes = mib, .path = "/image"}};
  trace.requests = {test::read_request(2, 0, 4096, 2000, 10),
                    test::read_request(2, 8192, 4096, 3000, 10)};
  trace.requests[1].inode = 0;
  const auto start = start_reads(trace, "trace");
  ASSERT_TRUE(start);
  EXPECT_EQ(start->files.size(), 1U);
  EXPECT_EQ(start->reads[1].file, 0U);
}

TEST(StartReads, WereWaitedForWhereAStallEndsWithThem) {
  auto trace = bare_trace();
  constexpr auto ahead = mounts::Request::target | mounts::Request::background;
  trace.requests = {test::read_request(2, 0, 4096, 2000, 100, ahead),
                    test::read_request(2, 4096, 4096, 2000, 300, ahead),
                    test::read_request(2, 8192, 4096, 4000, 100)};
  const auto waited = [&] {
    std::string text;
    const auto start = start_reads(trace, "trace");
    for (const auto& read : start->reads) text += read.waited ? 'w' : '.';
    return text;
  };
  EXPECT_EQ(waited(), "www") << "no stalls were recorded";
  trace.stalls = {{.begin_ns = 1990, .end_ns = 2110, .thread = 7, .flags = mounts::by_target}};
  EXPECT_EQ(waited(), "w.w") << "the stall is over before the second is answered";
  EXPECT_EQ(start_reads(trace, "trace")->longest_stalled_thread_ns, 120U);
}

TEST(StartReads, HaveTheSameNamesInAnotherRecording) {
  auto trace = bare_trace();
  trace.files = {{.id = {test::fuse_device, 2}, .bytes = mib, .path = "/image"}};
  trace.requests = {test::read_request(2, 0, 4096, 2000, 10)};
  const auto one = start_reads(trace, "one");
  trace.mounts[0].device = trace.files[0].id.device = trace.requests[0].device = 77;
  const auto other = start_reads(trace, "other");
  EXPECT_EQ(one->files[0].name, other->files[0].name);
  trace.files[0].bytes = mib / 2;
  EXPECT_NE(one->files[0].name, start_reads(trace, "another image")->files[0].name);
}

TEST(StartReads, OfATraceWithoutReadsAreRefused) {
  auto trace = bare_trace();
  trace.requests = {{.device = test::fuse_device, .opcode = test::opcode_lookup}};
  trace.requests.push_back(test::read_request(2, 0, 4096, 2000, 10));
  trace.requests.back().error = -5;
  const auto start = start_reads(trace, "the-trace");
  ASSERT_FALSE(start);
  EXPECT_EQ(start.error().kind, ErrorKind::usage);
  EXPECT_NE(start.error().message.find("the-trace"), std::string::npos);
}

TEST(StartReads, OfDamagedNumbersStaySmall) {
  auto trace = bare_trace();
  trace.mounts.clear();
  trace.requests = {test::read_request(2, UINT64_MAX - 5, UINT32_MAX, UINT64_MAX - 9, 4),
                    test::read_request(2, 0, UINT32_MAX, 5000, 10)};
  trace.requests[1].end_ns = 1;
  const auto start = start_reads(trace, "trace");
  ASSERT_TRUE(start);
  ASSERT_EQ(start->reads.size(), 1U);
  EXPECT_LT(start->reads[0].bytes, 1U << 28U);
  EXPECT_GT(start->reads[0].end_ns, start->reads[0].begin_ns);
}

}  // namespace
}  // namespace bytepath::chunks
