#include "mounts/range_list.h"

#include <gmock/gmock.h>

namespace bytepath::mounts {
namespace {

TEST(RangeList, IsReadAsItIsWritten) {
  const std::vector<FileRange> ranges = {
      {.path = "/usr/lib/a b.so", .offset = 4096, .bytes = 8192},
      {.path = "/image", .offset = 0, .bytes = FileRange::to_the_end}};
  const auto read = ranges_from_text(ranges_text(ranges), "list");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, ranges);
}

TEST(RangeList, LeavesOutCommentsAndEmptyLines) {
  const auto read = ranges_from_text("# of python\n\n  /a\t1  2 \r\n", "list");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, (std::vector<FileRange>{{.path = "/a", .offset = 1, .bytes = 2}}));
  EXPECT_TRUE(ranges_from_text("", "list")->empty());
}

TEST(RangeList, NamesTheLineThatIsWrong) {
  for (const char* line : {"/a", "/a 1", "/a 1 x", "/a -1 2", "a 1 2", "1 2", "/a 1 2 x",
                           "/a 1 99999999999999999999"}) {
    const auto read = ranges_from_text(std::string("/good 0 1\n") + line, "list");
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error().kind, ErrorKind::usage);
    EXPECT_THAT(read.error().message, testing::StartsWith("list: line 2 ")) << line;
    EXPECT_NE(read.error().hint, "");
  }
}

TEST(RangeList, ThatIsNotThereIsRefused) { EXPECT_FALSE(read_ranges("/proc/none/list")); }

}  // namespace
}  // namespace bytepath::mounts
