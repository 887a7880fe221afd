#include "faults/heat.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/page_toucher.h"
#include "tests/support/temporary_folder.h"

// Windows of a child that touches known pages of a file all the time.
namespace bytepath::faults {
namespace {

using tests::PageToucher;

constexpr std::uint64_t file_pages = 4096;

class Heat : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: another process's page table";
    auto opened = WatchedFiles::open({folder_.at("*.weights")}, std::uint64_t{1} << 20);
    ASSERT_TRUE(opened) << opened.error().message;
    files_ = std::move(*opened);
    child_.emplace(PageToucher::Options{.pages = file_pages, .path = folder_.at("heat.weights")});
    ASSERT_TRUE(child_->ready());
  }

  Result<HeatOutcome> sample(HeatOptions options, const Progress& progress = no_progress) {
    options.process = child_->pid();
    options.interval = std::chrono::milliseconds(20);
    return sample_heat(
        options, files_,
        [this](const HeatWindow& window, const WatchedFiles&) { windows_.push_back(window); },
        progress);
  }

  bytepath::test::TemporaryFolder folder_;
  WatchedFiles files_;
  std::optional<PageToucher> child_;
  std::vector<HeatWindow> windows_;
};

TEST_F(Heat, ShowsThePagesOfEachWindow) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = 5; number < file_pages; number += 40) numbers.push_back(number);
  // Progress is asked after the bits were cleared: every window sees all of it.
  const auto outcome = sample({.rounds = 5}, [&](std::size_t, std::size_t, std::string_view) {
    child_->touch(numbers);
    return true;
  });
  ASSERT_TRUE(outcome) << outcome.error().message;
  if (outcome->no_accessed_bits) GTEST_SKIP() << outcome->no_accessed_bits->message;
  EXPECT_EQ(outcome->end, HeatEnd::all_rounds);
  ASSERT_EQ(windows_.size(), 5U);
  double before = -1;
  for (const auto& window : windows_) {
    EXPECT_GT(window.begin_seconds, before);
    before = window.begin_seconds;
    EXPECT_GE(window.seconds, 0.02);
    EXPECT_GT(window.walk_ns, 0);
    ASSERT_EQ(window.files.size(), 1U);
    const auto& heat = window.files[0];
    EXPECT_TRUE(files_.files()[heat.file].path.ends_with("/heat.weights"));
    EXPECT_EQ(heat.present, file_pages);
    EXPECT_EQ(heat.fresh, 0U);
    EXPECT_GE(static_cast<double>(heat.touched.count()),
              0.99 * static_cast<double>(numbers.size()));
    EXPECT_EQ(heat.touched_bytes, heat.touched.count() * pages::page_bytes);
    const std::set<std::uint64_t> wanted(numbers.begin(), numbers.end());
    for (const auto& run : heat.touched.runs())
      for (std::uint64_t i = 0; i < run.count; ++i) EXPECT_TRUE(wanted.contains(run.first + i));
  }
  EXPECT_EQ(windows_[0].begin_seconds, 0);
}

TEST_F(Heat, OfPagesThatAreMappedMeanwhileSaysSo) {
  child_.emplace(PageToucher::Options{
      .pages = file_pages, .populate = false, .path = folder_.at("heat.weights")});
  ASSERT_TRUE(child_->ready());
  bool touched = false;
  const auto outcome = sample({.rounds = 2}, [&](std::size_t, std::size_t, std::string_view) {
    if (!touched) child_->touch({1000});
    touched = true;
    return true;
  });
  ASSERT_TRUE(outcome) << outcome.error().message;
  if (outcome->no_accessed_bits) GTEST_SKIP() << outcome->no_accessed_bits->message;
  ASSERT_EQ(windows_.size(), 2U);
  EXPECT_TRUE(windows_[0].files[0].touched.contains(1000));
  EXPECT_EQ(windows_[0].files[0].fresh, windows_[0].files[0].touched.count());
  EXPECT_EQ(windows_[1].files[0].fresh, 0U);
}

TEST_F(Heat, WithoutThePageTableGivesTotals) {
  const auto outcome =
      sample({.rounds = 3, .totals_only = true}, [&](std::size_t, std::size_t, std::string_view) {
        child_->touch({1, 2, 3, 4000});
        return true;
      });
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_TRUE(outcome->no_accessed_bits);
  ASSERT_EQ(windows_.size(), 3U);
  for (const auto& window : windows_) {
    ASSERT_EQ(window.files.size(), 1U);
    EXPECT_EQ(window.files[0].touched.size(), 0U);
    EXPECT_EQ(window.files[0].present, file_pages);
    EXPECT_GE(window.files[0].touched_bytes, 4 * pages::page_bytes);
    EXPECT_LT(window.files[0].touched_bytes, file_pages * pages::page_bytes / 2);
  }
}

TEST_F(Heat, EndsWithTheProcessAndKeepsWhatItHas) {
  const auto outcome = sample({.rounds = 0}, [&](std::size_t done, std::size_t, std::string_view) {
    if (done == 3) kill(child_->pid(), SIGKILL);
    return true;
  });
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->end, HeatEnd::process_ended);
  EXPECT_EQ(outcome->windows, 3U);
  EXPECT_EQ(windows_.size(), 3U);
}

TEST_F(Heat, EndsWhenProgressSaysSo) {
  const auto outcome = sample(
      {.rounds = 0}, [](std::size_t done, std::size_t, std::string_view) { return done < 2; });
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->end, HeatEnd::interrupted);
  EXPECT_EQ(windows_.size(), 2U);
}

TEST_F(Heat, OfNoProcessIsAnError) {
  WatchedFiles files;
  const auto sink = [](const HeatWindow&, const WatchedFiles&) {};
  const pid_t pid = child_->pid();
  child_->end_process();
  const auto outcome = sample_heat({.process = pid, .rounds = 1}, files, sink, no_progress);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::usage);
}

TEST_F(Heat, OfAnotherUsersProcessIsDenied) {
  const pid_t asker = fork();
  ASSERT_GE(asker, 0);
  if (asker == 0) {
    if (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0) _exit(77);
    const auto outcome = sample({.rounds = 1});
    _exit(!outcome && outcome.error().kind == ErrorKind::denied ? 0 : 1);
  }
  int status = 0;
  waitpid(asker, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace bytepath::faults
