#include "chunks/stall_shares.h"

#include <gtest/gtest.h>

namespace bytepath::chunks {
namespace {

using mounts::Stall;

Stall stall(std::uint64_t begin_ns, std::uint64_t end_ns, std::uint32_t thread,
            std::uint16_t cause = Stall::read, std::uint32_t opcode = 0) {
  return {.begin_ns = begin_ns,
          .end_ns = end_ns,
          .device = 41,
          .inode = 2,
          .page = 0,
          .process = 700,
          .thread = thread,
          .opcode = opcode,
          .cause = cause,
          .flags = mounts::by_target};
}

mounts::MountTrace trace_with(std::vector<Stall> stalls) {
  mounts::MountTrace trace;
  trace.begin_ns = 1000;
  trace.end_ns = 2000;
  trace.mounts = {{.device = 42, .depth = 0}, {.device = 41, .depth = 1}};
  trace.stalls = std::move(stalls);
  return trace;
}

TEST(StallShares, CountWhatOverlapsOnce) {
  const auto shares =
      stall_shares(trace_with({stall(1000, 1100, 1), stall(1050, 1150, 1), stall(1050, 1060, 1)}));
  EXPECT_EQ(shares.wall_ns, 1000U);
  EXPECT_EQ(shares.all_ns, 150U);
  EXPECT_EQ(shares.longest_ns, 150U);
}

TEST(StallShares, AreOfTheThreadThatWaitedMost) {
  const auto shares =
      stall_shares(trace_with({stall(1000, 1100, 1), stall(1000, 1300, 2), stall(1400, 1500, 1)}));
  EXPECT_EQ(shares.longest_thread, 2U);
  EXPECT_EQ(shares.longest_ns, 300U);
  EXPECT_EQ(shares.all_ns, 500U);
  EXPECT_EQ(shares.by_process.at(700), 500U);
}

TEST(StallShares, TellDataFromMetadata) {
  auto direct = stall(1700, 1710, 1, Stall::request, 15);
  direct.device = 42;
  const auto shares = stall_shares(trace_with({
      stall(1000, 1100, 1, Stall::fault, 15), stall(1200, 1230, 1, Stall::request, 1),  // LOOKUP
      stall(1300, 1307, 1, Stall::request, 15),  // of the image, for a folder of the mount above
      direct,                                    // of the application itself, past the page cache
  }));
  EXPECT_EQ(shares.data_ns, 110U);
  EXPECT_EQ(shares.metadata_ns, 37U);
  EXPECT_EQ(shares.by_opcode.at(1), 30U);
  ASSERT_EQ(shares.files.size(), 2U);
  EXPECT_EQ(shares.files[0].ns, 100U);
}

TEST(StallShares, LeaveOutOthersAndWhatEndsBeforeItBegins) {
  auto other = stall(1000, 1100, 1);
  other.flags = 0;
  const auto shares = stall_shares(trace_with({other, stall(1200, 1100, 1)}));
  EXPECT_EQ(shares.all_ns, 0U);
  EXPECT_EQ(shares.stalls, 0U);
}

}  // namespace
}  // namespace bytepath::chunks
