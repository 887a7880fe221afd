#include "lazyfs/mountpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace bytepath::lazyfs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char mountinfo[] =
    "25 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
    "36 25 0:40 / /mnt/a\\040place ro,nosuid shared:7 master:1 - fuse.lazyfs lazyfs ro\n"
    "37 36 0:41 / /mnt/a\\040place rw - tmpfs tmpfs rw\n"
    "38 25 0:42 / /mnt ro - fuse.lazyfs lazyfs ro\n"
    "broken line\n"
    "39 25 0:43 / /x -\n";

TEST(TypesMounted, AreThoseOfThePlace) {
  EXPECT_THAT(types_mounted(mountinfo, "/mnt/a place"), ElementsAre("fuse.lazyfs", "tmpfs"));
  EXPECT_THAT(types_mounted(mountinfo, "/mnt"), ElementsAre(mount_type));
  EXPECT_THAT(types_mounted(mountinfo, "/mnt/a"), IsEmpty());
  EXPECT_THAT(types_mounted("", "/"), IsEmpty());
}

TEST(Mountpoint, IsAnEmptyDirectory) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(prepare_mountpoint(folder.path()).has_value());
  const auto file = folder.write("file", "x");
  for (const auto& wrong : {file, folder.path(), folder.at("nothing")}) {
    const auto prepared = prepare_mountpoint(wrong);
    ASSERT_FALSE(prepared.has_value()) << wrong;
    EXPECT_EQ(prepared.error().kind, ErrorKind::usage);
    EXPECT_THAT(prepared.error().message, HasSubstr(wrong));
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
