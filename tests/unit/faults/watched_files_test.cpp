#include "faults/watched_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.h"

namespace bytepath::faults {
namespace {

trace::FileId id_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return {.device = status.st_dev, .inode = status.st_ino};
}

constexpr std::uint64_t grid = 4096;
const auto self = static_cast<std::uint32_t>(getpid());

TEST(WatchedFiles, AreTheModelsGiven) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("a.bin", std::string(10'000, 'a'));
  const auto other = folder.write("b.bin", std::string(10'000, 'b'));
  auto watched = WatchedFiles::open({path, path}, grid);
  ASSERT_TRUE(watched);
  ASSERT_EQ(watched->files().size(), 1U);
  EXPECT_EQ(watched->files()[0].ranges().size(), 3U);
  EXPECT_EQ(watched->find(id_of(path), path, self), 0U);
  EXPECT_EQ(watched->find(id_of(other), other, self), WatchedFiles::none);
  EXPECT_FALSE(watched->all());
}

TEST(WatchedFiles, ThatAPatternFitsAreTakenWhenTheyAppear) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("a.weights", std::string(100, 'a'));
  const auto other = folder.write("b.bin", std::string(100, 'b'));
  auto watched = WatchedFiles::open({"*.weights"}, 0);
  ASSERT_TRUE(watched);
  EXPECT_TRUE(watched->files().empty());
  EXPECT_EQ(watched->find(id_of(other), other, self), WatchedFiles::none);
  EXPECT_EQ(watched->find(id_of(path), path, self), 0U);
  ASSERT_EQ(watched->files().size(), 1U);
  EXPECT_EQ(watched->files()[0].size, 100U);
  EXPECT_TRUE(watched->files()[0].ranges().empty());
}

TEST(WatchedFiles, PatternWithASlashIsOneOfPaths) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("a.weights", "a");
  auto fitting = WatchedFiles::open({folder.path() + "/*.weights"}, 0);
  auto elsewhere = WatchedFiles::open({"/elsewhere/*.weights"}, 0);
  ASSERT_TRUE(fitting && elsewhere);
  EXPECT_EQ(fitting->find(id_of(path), path, self), 0U);
  EXPECT_EQ(elsewhere->find(id_of(path), path, self), WatchedFiles::none);
}

TEST(WatchedFiles, WithoutAnyWordAreAllThatAppear) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("anything", "a");
  auto watched = WatchedFiles::open({}, 0);
  ASSERT_TRUE(watched);
  EXPECT_TRUE(watched->all());
  EXPECT_EQ(watched->find(id_of(path), path, self), 0U);
  EXPECT_EQ(watched->find({.device = 0, .inode = 0}, "", self), WatchedFiles::none);
}

TEST(WatchedFiles, FileThatIsGoneIsStillOne) {
  auto watched = WatchedFiles::open({"*.gone"}, 0);
  ASSERT_TRUE(watched);
  EXPECT_EQ(watched->find({.device = 3, .inode = 4}, "/tmp/x.gone", self), 0U);
  EXPECT_EQ(watched->files()[0].size, 0U);
}

// An engine that goes on with the old file after `mv new.gguf model.gguf`.
TEST(WatchedFiles, ADeletedFileIsNotTheOneThatHasItsPathNow) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("a.bin", std::string(8192, 'a'));
  auto watched = WatchedFiles::open({path}, grid);
  ASSERT_TRUE(watched);
  const trace::FileId old{.device = id_of(path).device, .inode = id_of(path).inode + 1};
  trace::Mapping mapping{.start = 0, .end = 4096, .file = old, .path = path, .deleted = true};
  EXPECT_EQ(watched->find(mapping, self), WatchedFiles::none);
  mapping.file = id_of(path);
  EXPECT_EQ(watched->find(mapping, self), 0U);
  auto fitting = WatchedFiles::open({"*.bin"}, 0);
  ASSERT_TRUE(fitting);
  mapping.file = old;
  ASSERT_EQ(fitting->find(mapping, self), 0U);
  EXPECT_EQ(fitting->files()[0].path, path + " (deleted)");
  EXPECT_EQ(fitting->files()[0].size, 4096U);
}

TEST(WatchedFiles, WordThatIsNeitherFileNorPatternIsRefused) {
  const auto watched = WatchedFiles::open({"/no/such/model.gguf"}, 0);
  ASSERT_FALSE(watched);
  EXPECT_EQ(watched.error().kind, ErrorKind::usage);
  EXPECT_NE(watched.error().message.find("/no/such/model.gguf"), std::string::npos);
}

}  // namespace
}  // namespace bytepath::faults
