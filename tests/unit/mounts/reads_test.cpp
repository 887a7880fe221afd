#include "mounts/reads.h"

#include <gmock/gmock.h>

#include "support/mount_traces.h"

namespace bytepath::mounts {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

std::string error_of(const MountTrace& trace, const ReadChoice& choice) {
  const auto reads = reads_of(trace, choice, false, "t");
  if (reads) return "";
  EXPECT_EQ(reads.error().kind, ErrorKind::usage);
  return reads.error().message + " / " + reads.error().hint;
}

TEST(Reads, AreThoseOfTheTargetAsTheyWereSent) {
  const auto trace = test::erofs_on_fuse();
  const auto reads = reads_of(trace, {}, false, "t");
  ASSERT_TRUE(reads) << reads.error().message;
  EXPECT_EQ(reads->requests.size(), 36U) << "not the LOOKUP either";
  EXPECT_EQ(reads->others, 4U);
  EXPECT_TRUE(std::ranges::is_sorted(reads->requests, {}, &Request::begin_ns));
  EXPECT_EQ(reads_of(trace, {.everyone = true}, false, "t")->requests.size(), 40U);
}

TEST(Reads, AreOfTheMountThatIsNamed) {
  auto trace = test::erofs_on_fuse();
  for (const char* name : {"1", "/mnt/fuse", "/mnt/fuse/"}) {
    EXPECT_EQ(reads_of(trace, {.mount = name}, false, "t")->requests.size(), 36U) << name;
  }
  EXPECT_EQ(error_of(trace, {.mount = "7"}),
            "--mount: t has no mount 7 / a path or a depth out of: depth 1, /mnt/fuse");
  EXPECT_THAT(error_of(trace, {.mount = "/mnt/root"}), testing::HasSubstr("no a request to read"));
  trace.mounts.push_back({.device = 77, .depth = 1, .path = "/mnt/other", .type = "fuse"});
  trace.requests.push_back(trace.requests.back());
  trace.requests.back().device = 77;
  trace.requests.back().flags = Request::target;
  trace.requests.back().opcode = read_opcode;
  EXPECT_THAT(error_of(trace, {}), testing::HasSubstr("2 mounts have a request to read"));
  EXPECT_THAT(error_of(trace, {.mount = "1"}), testing::HasSubstr("2 mounts of t have depth 1"));
  EXPECT_EQ(reads_of(trace, {}, true, "t")->requests.size(), 37U);
}

TEST(Reads, ThatAreNotThereAreAnError) {
  auto trace = test::erofs_on_fuse();
  for (auto& request : trace.requests) request.flags = 0;
  EXPECT_EQ(error_of(trace, {}),
            "t: the target made no request to read / --all takes those of others");
  trace.requests.clear();
  EXPECT_THAT(error_of(trace, {}), testing::HasSubstr("no request to read"));
}

TEST(Reads, LeaveOutWhatCannotBe) {
  auto trace = test::erofs_on_fuse();
  trace.requests[0].offset = UINT64_MAX - 10;
  trace.requests[0].opcode = read_opcode;
  trace.requests[0].flags = Request::target;
  const auto reads = reads_of(trace, {}, false, "t");
  ASSERT_TRUE(reads);
  EXPECT_EQ(reads->impossible, 1U);
}

TEST(Touches, OfAMountThatIsNoFuseAreItsAccesses) {
  const auto trace = test::erofs_on_fuse();
  const auto touches = touches_of(trace, {}, "t");
  ASSERT_TRUE(touches) << touches.error().message;
  EXPECT_EQ(touches->device, test::erofs_device);
  EXPECT_FALSE(touches->by_requests);
  std::vector<std::uint64_t> first_uses;
  for (const auto& touch : touches->touches) {
    if (std::ranges::find(first_uses, touch.file.inode) == first_uses.end())
      first_uses.push_back(touch.file.inode);
  }
  EXPECT_EQ(first_uses, (std::vector<std::uint64_t>{12, 11, 13}));
  // Of a file of 100 000 bytes the page that was used; of libc what a fault mapped besides.
  ByteRanges libc;
  for (const auto& touch : touches->touches) {
    if (touch.file.inode == 11) libc.insert(touch.range);
    if (touch.file.inode == 13) {
      EXPECT_EQ(touch.range, (ByteRange{.first = 8 * 4096, .end = 9 * 4096}));
    }
  }
  EXPECT_EQ(libc.bytes(), 8 * 4096U);
}

TEST(Touches, EndWhereTheFileDoes) {
  auto trace = test::erofs_on_fuse();
  trace.accesses[0].page = 511;
  trace.accesses[0].pages = 100;
  trace.heat.clear();
  const auto touches = touches_of(trace, {}, "t");
  ASSERT_TRUE(touches);
  EXPECT_EQ(touches->touches.front().range, (ByteRange{.first = 2 * mib - 4096, .end = 2 * mib}));
}

TEST(Touches, LeaveOutWhatCannotBe) {
  auto trace = test::erofs_on_fuse();
  trace.accesses[0].page = UINT64_MAX;
  trace.heat[0].chunk = UINT64_MAX;
  const auto touches = touches_of(trace, {}, "t");
  ASSERT_TRUE(touches);
  EXPECT_EQ(touches->impossible, 2U);
}

TEST(Touches, OfAFuseMountAreItsRequests) {
  const auto trace = test::erofs_on_fuse();
  const auto touches = touches_of(trace, {.mount = "1"}, "t");
  ASSERT_TRUE(touches);
  EXPECT_TRUE(touches->by_requests);
  EXPECT_EQ(touches->touches.size(), 36U);
}

TEST(FileTable, FindsAFileByTheDaemonsNumber) {
  const auto trace = test::erofs_on_fuse();
  const FileTable files(trace);
  Request request{.device = test::fuse_device, .inode = 0, .node = 102};
  EXPECT_EQ(files.id_of(request), (FileId{.device = test::fuse_device, .inode = 2}));
  request.node = 9;
  EXPECT_EQ(files.find(request), nullptr);
  EXPECT_EQ(files.id_of(request), (FileId{.device = test::fuse_device, .inode = 9}));
  EXPECT_EQ(files.path_of({.device = test::erofs_device, .inode = 11}), "/lib/libc.so.6");
}

}  // namespace
}  // namespace bytepath::mounts
