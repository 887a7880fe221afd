#include "host/process_maps.h"

#include <gtest/gtest.h>

namespace bytepath::host {
namespace {

TEST(ProcessMaps, ReadsALine) {
  const auto mappings = parse_process_maps(
      "7f62a701e000-7f62a7044000 r-xp 00026000 fe:00 1234567                    "
      "/lib/x86_64-linux-gnu/libc.so.6\n");
  ASSERT_EQ(mappings.size(), 1U);
  EXPECT_EQ(mappings[0].first, 0x7f62a701e000U);
  EXPECT_EQ(mappings[0].last, 0x7f62a7044000U);
  EXPECT_TRUE(mappings[0].readable);
  EXPECT_FALSE(mappings[0].writable);
  EXPECT_TRUE(mappings[0].executable);
  EXPECT_EQ(mappings[0].file_offset, 0x26000U);
  EXPECT_EQ(mappings[0].device, "fe:00");
  EXPECT_EQ(mappings[0].inode, 1234567U);
  EXPECT_EQ(mappings[0].path, "/lib/x86_64-linux-gnu/libc.so.6");
  EXPECT_FALSE(mappings[0].deleted);
}

TEST(ProcessMaps, KnowsDeletedFilesAndNamesWithSpaces) {
  const auto mappings = parse_process_maps(
      "1000-2000 rw-s 00000000 00:01 5 /dev/my file (deleted)\n"
      "2000-3000 rw-p 00000000 00:00 0 \n"
      "3000-4000 rw-p 00000000 00:00 0                          [heap]");
  ASSERT_EQ(mappings.size(), 3U);
  EXPECT_EQ(mappings[0].path, "/dev/my file");
  EXPECT_TRUE(mappings[0].deleted);
  EXPECT_EQ(mappings[1].path, "");
  EXPECT_EQ(mappings[2].path, "[heap]");
}

TEST(ProcessMaps, LeavesOutWhatHasNotTheForm) {
  EXPECT_TRUE(parse_process_maps("").empty());
  EXPECT_TRUE(parse_process_maps("\n\n").empty());
  EXPECT_TRUE(parse_process_maps("2000-1000 rw-p 0 0:0 0\n").empty());
  EXPECT_TRUE(parse_process_maps("1000-2000 rw 0 0:0 0\n").empty());
  EXPECT_TRUE(parse_process_maps("1000 rw-p 0 0:0 0\n").empty());
  EXPECT_TRUE(parse_process_maps("1000-2000 rw-p 0 0:0\n").empty());
  EXPECT_EQ(parse_process_maps("junk\n1000-2000 rw-p 0 0:0 0\n").size(), 1U);
}

}  // namespace
}  // namespace bytepath::host
