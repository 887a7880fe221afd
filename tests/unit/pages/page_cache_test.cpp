#include "pages/page_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "disk_file.h"
#include "support/other_user.h"
#include "support/temporary_folder.h"

namespace bytepath::pages {
namespace {

constexpr std::uint64_t file_pages = 700;
constexpr std::uint64_t file_size = file_pages * page_bytes - 100;  // the last page is cut

Descriptor open_for_reading(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

class PageCache : public testing::Test {
 protected:
  void SetUp() override {
    if (!folder_.unfit().empty()) GTEST_SKIP() << folder_.unfit();
    path_ = folder_.file("model", file_size);
    file_ = open_for_reading(path_);
  }

  std::uint64_t cached(std::uint64_t first = 0, std::uint64_t pages = file_pages) const {
    const auto reading = cache_state(file_, first, pages);
    EXPECT_TRUE(reading) << reading.error().message;
    return reading ? reading->state.cached : 0;
  }

  test::DiskFolder folder_;
  std::string path_;
  Descriptor file_;
};

TEST_F(PageCache, IsLeftByADirtyFile) {
  const auto left = drop_from_cache(path_);  // it was written a moment ago
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ(left->state.cached, 0U);
  EXPECT_EQ(left->state.dirty, 0U);
  EXPECT_EQ(cached(), 0U);
  EXPECT_EQ(cached_pages(path_).value().count(), 0U);
}

TEST_F(PageCache, HasAllOfAFileThatWasRead) {
  EXPECT_TRUE(test::once_of_five([&] {
    EXPECT_TRUE(drop_from_cache(path_));
    const auto there = read_into_cache(path_, no_progress);
    EXPECT_TRUE(there) << there.error().message;
    const auto pages = cached_pages(path_);
    EXPECT_TRUE(pages) << pages.error().message;
    EXPECT_EQ(pages->size(), file_pages);
    return there->state.cached == file_pages && pages->count() == file_pages &&
           cached(0, 10) == 10 && cached(690, 10) == 10 && cached(690, 1000) == 10;
  }));
}

TEST_F(PageCache, TellsWhichPagesAreThere) {
  ASSERT_EQ(::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_RANDOM), 0);  // no readahead
  EXPECT_TRUE(test::once_of_five([&] {
    EXPECT_TRUE(drop_from_cache(path_));
    char byte = 0;
    for (const off_t page : {3, 64, 65, 699})
      EXPECT_EQ(::pread(file_.get(), &byte, 1, page * 4096), 1);
    const auto pages = cached_pages(path_);
    EXPECT_TRUE(pages) << pages.error().message;
    std::uint64_t one_by_one = 0;
    for (std::uint64_t page = 0; page < file_pages; ++page) one_by_one += cached(page, 1);
    return pages->runs() == std::vector<PageRun>{{3, 1}, {64, 2}, {699, 1}} && cached(3, 1) == 1 &&
           cached(4, 1) == 0 && cached(4, 61) == 1 && one_by_one == 4;
  }));
}

TEST_F(PageCache, KeepsLockedPagesAndSaysSo) {
  ASSERT_TRUE(drop_from_cache(path_));
  void* const at = ::mmap(nullptr, file_size, PROT_READ, MAP_SHARED, file_.get(), 0);
  ASSERT_NE(at, MAP_FAILED);
  ASSERT_EQ(::madvise(at, file_size, MADV_RANDOM), 0);
  // Not mlock(), which AddressSanitizer replaces by nothing.
  if (::syscall(SYS_mlock, static_cast<char*>(at) + 5 * page_bytes, page_bytes) != 0) {
    ::munmap(at, file_size);
    GTEST_SKIP() << "this user may not lock a page in memory";
  }
  const auto left = drop_from_cache(path_);
  EXPECT_TRUE(left && left->state.cached >= 1);
  EXPECT_EQ(cached(5, 1), 1U);
  EXPECT_TRUE(cached_pages(path_).value().contains(5));
  ::munmap(at, file_size);
  EXPECT_EQ(drop_from_cache(path_).value().state.cached, 0U);
}

TEST_F(PageCache, CountsNothingInAnEmptyRange) {
  EXPECT_EQ(cached(0, 0), 0U);  // and not the whole file
  const std::string empty = folder_.file("empty", 0);
  EXPECT_EQ(cached_pages(empty).value().size(), 0U);
  EXPECT_EQ(drop_from_cache(empty).value().state.cached, 0U);
  EXPECT_EQ(read_into_cache(empty, no_progress).value().state.cached, 0U);
}

TEST_F(PageCache, ReadingTellsItsProgressAndStops) {
  ASSERT_TRUE(drop_from_cache(path_));
  std::vector<std::size_t> steps;
  const auto all = read_into_cache(path_, [&](std::size_t done, std::size_t total, auto what) {
    steps.push_back(done);
    EXPECT_EQ(total, file_size);
    EXPECT_FALSE(what.empty());
    return true;
  });
  ASSERT_TRUE(all);
  EXPECT_EQ(steps, (std::vector<std::size_t>{0, 1 << 20, 2 << 20}));
  ASSERT_TRUE(drop_from_cache(path_));
  const auto none =
      read_into_cache(path_, [](std::size_t, std::size_t, std::string_view) { return false; });
  ASSERT_TRUE(none);
  EXPECT_EQ(none->state.cached, 0U);
}

TEST_F(PageCache, IsOfRegularFilesOnly) {
  const std::string pipe = std::filesystem::path(path_).parent_path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {pipe, std::string("/"), std::string("/dev/null")}) {
    EXPECT_EQ(cached_pages(path).error().kind, ErrorKind::usage) << path;
    EXPECT_EQ(drop_from_cache(path).error().kind, ErrorKind::usage) << path;
    EXPECT_EQ(read_into_cache(path, no_progress).error().kind, ErrorKind::usage) << path;
  }
  EXPECT_EQ(cached_pages("/no/such file").error().message,
            "cannot open /no/such file: No such file or directory");
}

// mincore(2) would say that all pages are there.
TEST(PageCacheOfOthers, IsDenied) {
  EXPECT_TRUE(test::holds_without_root([] {
    const std::string others = "/etc/passwd";
    const auto pages = cached_pages(others);
    const auto denied = [](const Error& error) {
      return error.kind == ErrorKind::denied && error.hint == "run as the file's owner or as root";
    };
    // The first kernels with cachestat(2) answer everybody.
    const auto state = cache_state(open_for_reading(others), 0, 1);
    return !pages && denied(pages.error()) && (state || denied(state.error()));
  }));
}

TEST(PageCacheOfOthers, IsToldWhenTheFileIsOurs) {
  EXPECT_TRUE(test::holds_without_root([] {
    const test::TemporaryFolder folder;
    const std::string path = folder.write("mine", std::string(9000, 'x'));
    ::chmod(path.c_str(), 0400);
    const auto pages = cached_pages(path);
    return pages && pages->size() == 3 && drop_from_cache(path);
  }));
}

TEST(PageCacheOfOthers, IsToldWhenTheFileIsWritable) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a file that belongs to another user";
  const test::TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0755);
  const std::string path = folder.write("roots", std::string(9000, 'x'));
  ::chmod(path.c_str(), 0666);
  EXPECT_TRUE(test::holds_without_root([&] { return cached_pages(path).has_value(); }));
  ::chmod(path.c_str(), 0644);
  EXPECT_FALSE(test::holds_without_root([&] { return cached_pages(path).has_value(); }));
}

TEST(PageCacheOfTmpfs, KeepsAllAndSaysSo) {
  struct statfs status{};
  if (::statfs("/dev/shm", &status) != 0 || status.f_type != TMPFS_MAGIC)
    GTEST_SKIP() << "/dev/shm is no tmpfs";
  const std::string path = fmt::format("/dev/shm/bytepath-test.{}", ::getpid());
  std::ofstream(path) << std::string(3 * page_bytes, 'x');
  const auto left = drop_from_cache(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ(left->state.cached, 3U);
}

}  // namespace
}  // namespace bytepath::pages
