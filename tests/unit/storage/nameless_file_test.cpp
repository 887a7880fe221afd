#include "storage/nameless_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "storage/target_file.h"
#include "support/temporary_folder.h"

namespace bytepath::storage {
namespace {

TEST(NamelessFile, IsThereForThisProcessOnly) {
  const test::TemporaryFolder folder;
  const auto file = NamelessFile::create(folder.path(), (3U << 20U) + 5);
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  struct stat status{};
  ASSERT_EQ(::stat(file->path().c_str(), &status), 0);
  EXPECT_EQ(status.st_size, (3 << 20) + 5);
  EXPECT_EQ(status.st_nlink, 0U);
}

TEST(NamelessFile, LiesOnTheFileSystemOfItsFolder) {
  const test::TemporaryFolder folder;
  const auto named = open_target({.path = folder.write("named", std::string(8192, 'x'))});
  const auto file = NamelessFile::create(folder.path(), 8192);
  ASSERT_TRUE(named && file);
  const auto target = open_target({.path = file->path()});
  ASSERT_TRUE(target.has_value()) << target.error().message;
  EXPECT_NE(target->file_system, "");
  EXPECT_EQ(target->file_system, named->file_system);
  EXPECT_EQ(target->behind, named->behind);
}

TEST(NamelessFile, NeedsAFolder) {
  const test::TemporaryFolder folder;
  for (const auto& wrong : {folder.at("missing"), folder.write("file", "x")}) {
    const auto file = NamelessFile::create(wrong, 10);
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().kind, ErrorKind::usage);
    EXPECT_THAT(file.error().message, testing::HasSubstr(wrong));
  }
}

}  // namespace
}  // namespace bytepath::storage
