#include "chunks/byte_ladder.h"

#include <gmock/gmock.h>

#include "chunks/page_accesses.h"
#include "support/mount_traces.h"

namespace bytepath::chunks {
namespace {

mounts::MountTrace small() {
  mounts::MountTrace trace;
  trace.levels = {"fuse", "cache", "upstream"};
  trace.mounts = {{.device = 42, .depth = 0, .path = "/root", .bytes = 1'000'000},
                  {.device = 41, .depth = 1, .path = "/lazy"}};
  // The last of 3 pages has 100 bytes.
  trace.files = {{.id = {42, 1}, .node = 0, .bytes = 2 * 4096 + 100, .path = "/a"}};
  trace.heat = {{.device = 42,
                 .inode = 1,
                 .chunk = 0,
                 .first_ns = 5,
                 .accessed = 10,
                 .touched = {0b101, 0},
                 .mapped = {0b010, 0},
                 .cached = {0b1111, 0}},
                {.device = 41,
                 .inode = 9,
                 .chunk = 0,
                 .first_ns = 6,
                 .accessed = 4,
                 .touched = {0b1111, 1},
                 .mapped = {0, 0},
                 .cached = {0, 0}}};
  return trace;
}

TEST(PageAccesses, CountTheLastPageWithTheBytesItHas) {
  const auto bytes = page_bytes_of(small());
  EXPECT_EQ(bytes.at(42).touched, 4096U + 100U);
  EXPECT_EQ(bytes.at(42).mapped, 2U * 4096U + 100U);
  EXPECT_EQ(bytes.at(42).cached, 3U * 4096U + 100U)
      << "a page beyond the end is none of the file's";
  EXPECT_EQ(bytes.at(41).touched, 5U * 4096U);
}

TEST(PageAccesses, AreHitsWhereNothingElseIsTold) {
  auto trace = small();
  const auto access = [](std::uint32_t missed, std::uint16_t way, std::uint16_t outcome,
                         std::uint16_t flags) {
    return mounts::Access{.time_ns = 1,
                          .device = 42,
                          .inode = 1,
                          .page = 0,
                          .pages = 4,
                          .missed = missed,
                          .way = way,
                          .outcome = outcome,
                          .flags = flags};
  };
  using mounts::Access;
  trace.accesses = {access(3, Access::read, Access::miss, mounts::by_target),
                    access(1, Access::fault, Access::miss, mounts::by_target),
                    access(0, Access::read, Access::late, mounts::by_target),
                    access(2, Access::read, Access::miss, 0)};
  const auto counts = page_accesses(trace).at(42);
  EXPECT_EQ(counts.read_misses, 3U);
  EXPECT_EQ(counts.fault_misses, 1U);
  EXPECT_EQ(counts.late, 1U);
  EXPECT_EQ(counts.hits(), 5U);
}

TEST(PageAccesses, NeverGiveFewerHitsThanNone) {
  auto trace = small();
  trace.accesses = {{.device = 42, .missed = 99, .way = 1, .outcome = 1, .flags = 1}};
  EXPECT_EQ(page_accesses(trace).at(42).hits(), 0U);
}

TEST(ByteLadder, GoesFromTheProgramUp) {
  auto trace = small();
  trace.requests = {test::read_request(9, 0, 8192, 100), test::read_request(9, 4096, 8192, 200)};
  trace.peers = {{.family = "inet", .address = "127.0.0.1", .port = 80}};
  trace.transfers = {{.time_ns = 110, .socket = 1, .bytes = 100, .direction = 1},
                     {.time_ns = 120, .socket = 1, .bytes = 50'000, .direction = 2}};
  const auto steps = byte_ladder(trace);
  std::vector<std::string> names;
  for (const auto& step : steps) names.push_back(step.name);
  EXPECT_THAT(names, testing::ElementsAre("touched", "mapped", "cached", "cached", "read",
                                          "fetched", "image"));
  EXPECT_EQ(steps[4].bytes, 16'384U);
  EXPECT_EQ(steps[4].unique, 12'288U);
  EXPECT_EQ(steps[5].bytes, 50'000U);
  EXPECT_EQ(steps[6].bytes, 1'000'000U);
}

TEST(ByteLadder, HasOnlyWhatWasRecorded) {
  auto trace = small();
  trace.levels = {"fuse"};
  trace.mounts.front().bytes = 0;
  const auto steps = byte_ladder(trace);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].name, "image");
  EXPECT_FALSE(steps[0].bytes);
  EXPECT_TRUE(byte_ladder({}).empty());
}

}  // namespace
}  // namespace bytepath::chunks
