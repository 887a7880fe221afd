#include "host/mount_table.h"

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

namespace bytepath::host {
namespace {

constexpr std::string_view text =
    "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
    "40 22 0:38 / /mnt/lazy ro,nosuid shared:3 master:1 - fuse.lazyfs lazy\\040fs ro,user_id=0\n"
    "41 22 0:39 / /mnt/a\\040b ro - erofs /mnt/lazy/image ro,user_xattr\n"
    "42 22 0:40 / /mnt/over rw - overlay overlay "
    "rw,lowerdir=/mnt/a\\040b:/x\\054y,upperdir=/up,workdir=/work\n"
    "43 22 0:41 / /mnt/lazy rw - tmpfs tmpfs rw\n"
    "not a line\n"
    "44 22 nodevice / /mnt/x rw - tmpfs tmpfs rw\n";

TEST(MountTable, HasWhatTheKernelWrites) {
  const auto mounts = mounts_from_text(text);
  ASSERT_EQ(mounts.size(), 5U);
  EXPECT_EQ(mounts[0].device, makedev(254, 0));
  EXPECT_EQ(mounts[1].source, "lazy fs");
  EXPECT_TRUE(mounts[1].is_fuse());
  EXPECT_EQ(mounts[2].path, "/mnt/a b");
  EXPECT_FALSE(mounts[2].is_fuse());
}

TEST(MountTable, KeepsTheCommasWithinAnOption) {
  const auto mounts = mounts_from_text(text);
  EXPECT_EQ(mounts[3].option("lowerdir"), "/mnt/a b:/x,y");
  EXPECT_EQ(mounts[3].option("upperdir"), "/up");
  EXPECT_EQ(mounts[3].option("lower"), "");
  EXPECT_EQ(mounts[3].option("rw"), "");
}

TEST(MountTable, FindsTheMountThatAPathLiesOn) {
  const auto mounts = mounts_from_text(text);
  EXPECT_EQ(mount_of_path(mounts, "/mnt/a b/usr/bin")->type, "erofs");
  EXPECT_EQ(mount_of_path(mounts, "/mnt/a bc")->type, "ext4");
  EXPECT_EQ(mount_of_path(mounts, "/mnt/lazy")->type, "tmpfs")
      << "what lies over another comes later";
  EXPECT_EQ(mount_of_path(mounts, "/")->type, "ext4");
  EXPECT_EQ(mount_of_path({}, "/"), nullptr);
}

TEST(MountTable, SurvivesTruncatedText) {
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto mounts = mounts_from_text(text.substr(0, length));
    EXPECT_LE(mounts.size(), 5U);
    for (const auto& mount : mounts) static_cast<void>(mount.option("lowerdir"));
  }
}

}  // namespace
}  // namespace bytepath::host
