#include "pages/page_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <numeric>

#include "unit/pages/disk_file.h"

namespace bytepath::pages {
namespace {

constexpr std::uint64_t file_pages = 2048;

std::uint64_t pages_in(const std::vector<FolioSize>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const FolioSize& size) { return sum + size.pages; });
}

class Folios : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "page frame numbers are told to root only";
    if (!folder_.unfit().empty()) GTEST_SKIP() << folder_.unfit();
    path_ = folder_.file("model", file_pages * page_bytes);
  }
  test::DiskFolder folder_;
  std::string path_;
};

TEST_F(Folios, AreSinglePagesWhereOnePageIsReadAtATime) {
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_RANDOM), 0);
  EXPECT_TRUE(test::once_of_five([&] {
    EXPECT_TRUE(drop_from_cache(path_));
    char byte = 0;
    for (off_t page = 0; page < 300; page += 3)
      EXPECT_EQ(::pread(file.get(), &byte, 1, page * 4096), 1);
    const auto sizes = folio_sizes(path_);
    EXPECT_TRUE(sizes) << sizes.error().message;
    // Nothing was read by looking.
    return sizes->size() == 1 && sizes->front().bytes == page_bytes &&
           sizes->front().pages == 100 && cached_pages(path_).value().count() == 100;
  }));
}

// A touched page at which readahead left its mark would set the next readahead off.
TEST_F(Folios, AreToldWithoutReading) {
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  // An eviction can make it fewer, nothing may make it more.
  for (int trial = 0; trial < 5; ++trial) {
    ASSERT_TRUE(drop_from_cache(path_));
    std::array<char, 3 * page_bytes> begin{};
    ASSERT_EQ(::pread(file.get(), begin.data(), begin.size(), 0), 3 * 4096);
    // cachestat(2) counts pages whose reading has only begun too, mincore(2) does not.
    const auto count = [&] { return cache_state(file, 0, file_pages).value().state.cached; };
    const auto before = count();
    ASSERT_TRUE(folio_sizes(path_));
    EXPECT_LE(count(), before);
  }
}

TEST_F(Folios, HoldAllThatIsCached) {
  EXPECT_TRUE(test::once_of_five([&] {
    EXPECT_TRUE(drop_from_cache(path_));
    EXPECT_TRUE(read_into_cache(path_, no_progress));
    const auto sizes = folio_sizes(path_);
    EXPECT_TRUE(sizes) << sizes.error().message;
    std::uint64_t before = 0;
    for (const FolioSize& size : *sizes) {
      EXPECT_GT(size.bytes, before);
      EXPECT_EQ(size.bytes & (size.bytes - 1), 0U) << "a power of two";
      EXPECT_EQ(size.pages % (size.bytes / page_bytes), 0U)
          << "whole folios: the file is no odd size";
      before = size.bytes;
    }
    return pages_in(*sizes) == file_pages;
  }));
}

// Which sizes there are is the file system's business; that there are larger ones after readahead
// is so wherever it knows them (ext4 since 6.16, xfs since 5.18).
TEST_F(Folios, AreLargeAfterReadahead) {
  ASSERT_TRUE(drop_from_cache(path_));
  ASSERT_TRUE(read_into_cache(path_, no_progress));
  const auto sizes = folio_sizes(path_);
  ASSERT_TRUE(sizes) << sizes.error().message;
  if (sizes->empty() || sizes->back().bytes == page_bytes)
    GTEST_SKIP() << "the file system of the present folder makes no large folios";
  EXPECT_LE(sizes->back().bytes, std::uint64_t{2} << 20);
}

TEST_F(Folios, OfAnEmptyFileAreNone) {
  EXPECT_TRUE(folio_sizes(folder_.file("empty", 0)).value().empty());
}

// An overlay file has no pages of its own: they are those of the file below. Done by a child that
// has mounts of its own, as containers do. 0: right; 1: wrong; 2: no overlay here.
int look_through_overlay(const std::string& root) {
  if (::unshare(CLONE_NEWNS) != 0) return 2;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 2;
  const std::string options =
      fmt::format("lowerdir={0}/low,upperdir={0}/up,workdir={0}/work", root);
  const std::string merged = root + "/merged";
  if (::mount("overlay", merged.c_str(), "overlay", 0, options.c_str()) != 0) return 2;
  const std::string path = merged + "/model";
  const auto read = read_into_cache(path, no_progress);
  if (!read || read->state.cached == 0) return 1;
  const auto left = drop_from_cache(path);
  return left && left->state.cached == 0 && !left->exact ? 0 : 1;
}

TEST(Overlay, PagesAreThoseOfTheFileBelow) {
  if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root";
  const test::DiskFolder folder;
  if (!folder.unfit().empty()) GTEST_SKIP() << folder.unfit();
  const std::string root = std::filesystem::path(folder.file("x", 0)).parent_path();
  for (const std::string name : {"low", "up", "work", "merged"})
    std::filesystem::create_directory(root + "/" + name);
  // On the disk: overlayfs writes no file of the lower layer back, and dirty pages would stay.
  ASSERT_TRUE(drop_from_cache(folder.file("low/model", 100 * page_bytes)));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(look_through_overlay(root));
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "no overlayfs can be mounted here";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace bytepath::pages
