#include "lazyfs/chunk_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "stats/random.h"
#include "support/temporary_folder.h"

namespace bytepath::lazyfs {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::string chunk_name(std::uint64_t offset) { return ChunkFiles::name("a file", 4096, offset); }

std::optional<std::string> read_whole(ChunkFiles& files, const std::string& name,
                                      std::size_t bytes) {
  std::string out(bytes, '\0');
  return files.read(name, bytes, 0, out) ? std::optional(out) : std::nullopt;
}

void set_time(const std::string& path, std::time_t seconds) {
  const timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

TEST(ChunkFiles, KeepsChunks) {
  const TemporaryFolder folder;
  auto files = ChunkFiles::open(folder.path(), 1000).value();
  EXPECT_EQ(read_whole(files, chunk_name(0), 5), std::nullopt);
  EXPECT_TRUE(files.store(chunk_name(0), "hello").has_value());
  EXPECT_EQ(read_whole(files, chunk_name(0), 5), "hello");
  std::string part(3, '\0');
  EXPECT_TRUE(files.read(chunk_name(0), 5, 1, part));
  EXPECT_EQ(part, "ell");
  EXPECT_TRUE(files.store(chunk_name(0), "world!").has_value());
  EXPECT_EQ(read_whole(files, chunk_name(0), 6), "world!");
  EXPECT_EQ(files.used(), 6U);
}

TEST(ChunkFiles, NamesTellChunksFilesAndGridsApart) {
  EXPECT_NE(chunk_name(0), chunk_name(4096));
  EXPECT_NE(ChunkFiles::name("a", 4096, 0), ChunkFiles::name("b", 4096, 0));
  EXPECT_NE(ChunkFiles::name("a", 4096, 0), ChunkFiles::name("a", 8192, 0));
}

TEST(ChunkFiles, EvictsWhatWasUsedLongestAgo) {
  const TemporaryFolder folder;
  auto files = ChunkFiles::open(folder.path(), 25).value();
  for (const std::uint64_t offset : {1U, 2U}) {
    EXPECT_TRUE(files.store(chunk_name(offset), std::string(10, 'x')).has_value());
  }
  EXPECT_NE(read_whole(files, chunk_name(1), 10), std::nullopt);
  EXPECT_TRUE(files.store(chunk_name(3), std::string(10, 'y')).has_value());
  EXPECT_TRUE(files.store(chunk_name(4), std::string(26, 'z')).has_value());  // too large for all
  EXPECT_THAT(folder.names(), UnorderedElementsAre(chunk_name(1), chunk_name(3)));
}

TEST(ChunkFiles, GoesOnWithWhatAnEarlierOneLeft) {
  const TemporaryFolder folder;
  {
    auto files = ChunkFiles::open(folder.path(), 100).value();
    for (const std::uint64_t offset : {1U, 2U, 3U}) {
      EXPECT_TRUE(files.store(chunk_name(offset), std::string(10, 'x')).has_value());
    }
  }
  set_time(folder.at(chunk_name(1)), 300);
  set_time(folder.at(chunk_name(2)), 100);
  set_time(folder.at(chunk_name(3)), 200);
  folder.write(chunk_name(9) + ".part", "unfinished");
  folder.write("somebody else's", "file");
  folder.write("0123.chunk", "not our form");
  std::filesystem::create_directory(folder.at(chunk_name(7)));
  auto files = ChunkFiles::open(folder.path(), 20).value();
  EXPECT_EQ(files.used(), 20U);
  EXPECT_THAT(folder.names(), UnorderedElementsAre(chunk_name(1), chunk_name(3), "somebody else's",
                                                   "0123.chunk", chunk_name(7)));
  EXPECT_EQ(read_whole(files, chunk_name(3), 10), std::string(10, 'x'));
  EXPECT_TRUE(files.store(chunk_name(4), std::string(10, 'y')).has_value());
  EXPECT_EQ(read_whole(files, chunk_name(1), 10), std::nullopt);
}

TEST(ChunkFiles, DoesNotServeAFileOfTheWrongLength) {
  const TemporaryFolder folder;
  auto files = ChunkFiles::open(folder.path(), 100).value();
  EXPECT_TRUE(files.store(chunk_name(0), "hello").has_value());
  folder.write(chunk_name(0), "hell");
  EXPECT_EQ(read_whole(files, chunk_name(0), 5), std::nullopt);
  EXPECT_TRUE(files.store(chunk_name(0), "hello").has_value());
  EXPECT_EQ(read_whole(files, chunk_name(0), 5), "hello");
  std::filesystem::remove(folder.at(chunk_name(0)));
  EXPECT_EQ(read_whole(files, chunk_name(0), 5), std::nullopt);
}

TEST(ChunkFiles, IsForOneMountAtATime) {
  const TemporaryFolder folder;
  auto files = ChunkFiles::open(folder.path(), 100);
  const auto second = ChunkFiles::open(folder.path(), 100);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::usage);
  EXPECT_THAT(second.error().message, HasSubstr(folder.path()));
}

TEST(ChunkFiles, RefusesWhatIsNoDirectory) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "x");
  for (const auto& wrong : {file, folder.at("nothing")}) {
    const auto files = ChunkFiles::open(wrong, 100);
    ASSERT_FALSE(files.has_value());
    EXPECT_EQ(files.error().kind, ErrorKind::usage);
  }
}

TEST(ChunkFiles, ServesSeveralThreads) {
  const TemporaryFolder folder;
  auto files = ChunkFiles::open(folder.path(), 40).value();
  const auto work = [&](std::uint64_t number) {
    stats::Random random(number);
    for (int i = 0; i < 300; ++i) {
      // No two threads store one name at once.
      const std::uint64_t offset = random.below(4) * 4 + number;
      const std::string content(10, static_cast<char>('a' + offset));
      const auto found = read_whole(files, chunk_name(offset), 10);
      if (found) {
        EXPECT_EQ(*found, content);
      } else {
        EXPECT_TRUE(files.store(chunk_name(offset), content).has_value());
      }
      EXPECT_LE(files.used(), 40U);
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) threads.emplace_back(work, i);
}

}  // namespace
}  // namespace bytepath::lazyfs
