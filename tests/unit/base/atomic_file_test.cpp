#include "base/atomic_file.h"

#include <gtest/gtest.h>

#include <filesystem>

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

TEST(AtomicFile, OfAFolderIsRefused) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(AtomicFile::create(folder.path()));
}

}  // namespace
}  // namespace bytepath
