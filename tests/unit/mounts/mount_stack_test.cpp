#include "mounts/mount_stack.h"

#include <gmock/gmock.h>
#include <sys/sysmacros.h>

#include <filesystem>

#include "support/temporary_folder.h"

namespace bytepath::mounts {
namespace {

using testing::HasSubstr;

// /proc and /sys of a host whose mounts are real folders of the test.
class Stack : public testing::Test {
 protected:
  void mounted(const std::string& line) { mountinfo_ += line + "\n"; }
  std::string make(const std::string& name) {
    const std::string path = std::filesystem::canonical(folder_.path()).string() + "/" + name;
    std::filesystem::create_directories(path);
    return path;
  }
  void write(const std::string& path, const std::string& content) {
    const auto full = folder_.path() + "/root" + path;
    std::filesystem::create_directories(std::filesystem::path(full).parent_path());
    folder_.write("root" + path, content);
  }
  Result<MountStack> find(const std::string& path) {
    write("/proc/self/mountinfo", mountinfo_);
    return find_stack(path, {folder_.path() + "/root"});
  }

  const test::TemporaryFolder folder_;
  std::string mountinfo_ = "1 0 254:0 / / rw - ext4 /dev/vda rw\n";
};

TEST_F(Stack, GoesThroughALoopDeviceDownToFuse) {
  const auto lazy = make("lazy");
  const auto image = make("image");
  folder_.write("lazy/disk", std::string(8192, 'd'));
  mounted("2 1 0:38 / " + lazy + " ro - fuse.lazyfs lazyfs ro");
  mounted("3 1 7:5 / " + image + " ro - erofs /dev/loop5 ro");
  write("/sys/dev/block/7:5/loop/backing_file", lazy + "/disk\n");
  write("/sys/class/bdi/0:38/read_ahead_kb", "128\n");
  write("/sys/fs/fuse/connections/38/max_background", "12\n");
  const auto stack = find(image);
  ASSERT_TRUE(stack) << stack.error().message;
  ASSERT_EQ(stack->size(), 2U);
  EXPECT_EQ((*stack)[0].bytes, 8192U);
  EXPECT_THAT((*stack)[1].through, HasSubstr("loop device"));
  EXPECT_EQ((*stack)[1].depth, 1U);
  EXPECT_EQ((*stack)[1].readahead_bytes, 131072U);
  EXPECT_EQ((*stack)[1].max_background, 12U);
  EXPECT_EQ(mounts_of(*stack)[1].type, "fuse.lazyfs");
}

TEST_F(Stack, TracesOfAnOverlayOnlyWhatLeadsToFuse) {
  const auto lazy = make("lazy");
  const auto upper = make("upper");
  const auto merged = make("merged");
  mounted("2 1 0:38 / " + lazy + " ro - fuse.lazyfs lazyfs ro");
  mounted("3 1 0:40 / " + merged + " rw - overlay overlay rw,lowerdir=" + lazy +
          ",upperdir=" + upper + ",workdir=/w");
  const auto stack = find(merged);
  ASSERT_TRUE(stack) << stack.error().message;
  ASSERT_EQ(stack->size(), 3U);
  const auto part = watched_part(*stack);
  ASSERT_EQ(part.size(), 2U);
  EXPECT_EQ(part[0].entry.type, "overlay");
  EXPECT_EQ(part[1].entry.type, "fuse.lazyfs");
}

TEST_F(Stack, TracesAlsoWhatLiesBetweenAnOverlayAndFuse) {
  const auto lazy = make("lazy");
  const auto image = make("image");
  const auto merged = make("merged");
  folder_.write("lazy/image.erofs", "image");
  mounted("2 1 0:38 / " + lazy + " ro - fuse.lazyfs lazyfs ro");
  mounted("3 1 0:39 / " + image + " ro - erofs " + lazy + "/image.erofs ro");
  mounted("4 1 0:40 / " + merged + " rw - overlay overlay rw,lowerdir=" + image +
          ",upperdir=" + make("upper") + ",workdir=/w");
  const auto stack = find(merged);
  ASSERT_TRUE(stack) << stack.error().message;
  std::vector<std::string> types;
  for (const auto& each : watched_part(*stack)) types.push_back(each.entry.type);
  EXPECT_EQ(types, (std::vector<std::string>{"overlay", "erofs", "fuse.lazyfs"}));
}

TEST_F(Stack, WithoutFuseIsTracedWhole) {
  const auto place = make("place");
  mounted("2 1 0:50 / " + place + " rw - tmpfs tmpfs rw");
  const auto stack = find(place);
  ASSERT_TRUE(stack);
  EXPECT_EQ(watched_part(*stack).size(), 1U);
}

TEST_F(Stack, SaysWhereAPathLiesThatIsNoMountPoint) {
  const auto place = make("place");
  EXPECT_THAT(find(place).error().message, HasSubstr("is no mount point: it lies on /"));
  EXPECT_EQ(find(place).error().kind, ErrorKind::usage);
  EXPECT_THAT(find(place + "/nothing").error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace bytepath::mounts
