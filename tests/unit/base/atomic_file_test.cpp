#include "base/atomic_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/descriptor.h"
#include "base/file.h"
#include "support/temporary_folder.h"

namespace bytepath {
namespace {

TEST(AtomicFile, AppearsWithCommitAndNotBefore) {
  const test::TemporaryFolder folder;
  const std::string path = folder.at("report");
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("one "));
  ASSERT_TRUE(file->write("two"));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(path).value(), "one two");
  EXPECT_EQ(folder.names(), std::set<std::string>{"report"});
}

TEST(AtomicFile, LeavesTheOldFileAndNoOtherWhenItIsGivenUp) {
  const test::TemporaryFolder folder;
  const std::string path = folder.at("report");
  ASSERT_TRUE(write_file(path, "old"));
  {
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("half"));
  }
  EXPECT_EQ(read_file(path).value(), "old");
  EXPECT_EQ(folder.names(), std::set<std::string>{"report"});
}

TEST(AtomicFile, CanBeMovedWhileItIsWritten) {
  const test::TemporaryFolder folder;
  const std::string path = folder.at("report");
  auto first = AtomicFile::create(path);
  ASSERT_TRUE(first);
  AtomicFile second = *std::move(first);
  ASSERT_TRUE(second.write("x"));
  ASSERT_TRUE(second.commit());
  EXPECT_EQ(read_file(path).value(), "x");
}

TEST(AtomicFile, WritesInPlaceWhatIsNoFile) {
  auto file = AtomicFile::create("/dev/null");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write("gone"));
  EXPECT_TRUE(file->commit());
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/null"));
}

// What a shell opened by >> holds other lines already, and gets more.
TEST(AtomicFile, GoesOnWhereAnOpenDescriptorIs) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("log", "old\n");
  const Descriptor log(open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  const std::string name = fmt::format("/dev/fd/{}", log.get());
  ASSERT_TRUE(check_writable(name));
  ASSERT_TRUE(write_file(name, "new\n"));
  std::filesystem::create_symlink(name, folder.at("link"));
  ASSERT_TRUE(append_file(folder.at("link"), "newer\n"));
  EXPECT_EQ(folder.read("log"), "old\nnew\nnewer\n");
  const Descriptor reading(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(check_writable(fmt::format("/dev/fd/{}", reading.get())));
  EXPECT_FALSE(check_writable("/dev/fd/999999"));
}

TEST(AtomicFile, SaysThatWhatShouldBeItsFolderIsNone) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("file", "") + "/report.txt";
  const auto checked = check_writable(path);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message, fmt::format("cannot write {}: Not a directory", path));
}

TEST(AtomicFile, MayHaveTheLongestName) {
  const test::TemporaryFolder folder;
  const std::string name(255, 'n');
  ASSERT_TRUE(write_file(folder.at(name), "text"));
  EXPECT_EQ(folder.read(name), "text");
  EXPECT_FALSE(write_file(folder.at(name + "n"), "text"));
}

class AmongOtherUsers : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root can make files of another user";
  }
  static constexpr uid_t nobody = 65534;
};

TEST_F(AmongOtherUsers, TheirLinksAreNotFollowed) {
  const test::TemporaryFolder folder;
  const std::string target = folder.write("target", "old");
  const std::string link = folder.at("link");
  std::filesystem::create_symlink("target", link);
  ASSERT_TRUE(write_file(link, "new"));
  ASSERT_EQ(lchown(link.c_str(), nobody, nobody), 0);
  for (const auto& refused :
       {write_file(link, "newer"), append_file(link, "newer"), check_writable(link)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::denied);
    EXPECT_NE(refused.error().message.find(link), std::string::npos);
  }
  // Nor behind one of ours.
  std::filesystem::create_symlink("link", folder.at("ours"));
  EXPECT_FALSE(write_file(folder.at("ours"), "newer"));
  EXPECT_EQ(folder.read("target"), "new");
  EXPECT_EQ(folder.names(), (std::set<std::string>{"link", "ours", "target"}));
}

TEST_F(AmongOtherUsers, TheirFilesStayTheirs) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("report", "old");
  ASSERT_EQ(chown(path.c_str(), nobody, nobody), 0);
  ASSERT_TRUE(write_file(path, "new"));
  struct stat after{};
  ASSERT_EQ(stat(path.c_str(), &after), 0);
  EXPECT_EQ(after.st_uid, nobody);
  EXPECT_EQ(after.st_gid, nobody);
}

TEST(AtomicFile, OfAFolderIsRefused) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(AtomicFile::create(folder.path()));
}

}  // namespace
}  // namespace bytepath
