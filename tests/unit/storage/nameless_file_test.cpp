#include "storage/nameless_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

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
