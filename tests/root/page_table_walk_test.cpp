#include "trace/page_table_walk.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "faults/heat_reader.h"
#include "tests/support/page_toucher.h"

// The accessed bits of a child that touches known pages of a file.
namespace bytepath::trace {
namespace {

using faults::clear_accessed;
using tests::PageToucher;

constexpr std::uint64_t page = 4096;

struct Seen {
  std::set<std::uint64_t> accessed;
  WalkCounts counts;
};

class PageTableWalk : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = PageTableWalker::open();
    if (!opened) GTEST_SKIP() << opened.error().message << " (" << opened.error().hint << ")";
    walker_.emplace(std::move(*opened));
  }

  Seen walk(const PageToucher& child) {
    Seen seen;
    const auto counts =
        walker_->walk(child.pid(), child.start(), child.end(), [&](const MappedRun& run) {
          if (!run.accessed) return;
          for (std::uint64_t i = 0; i < run.count; ++i) seen.accessed.insert(run.first + i);
        });
    EXPECT_TRUE(counts) << counts.error().message;
    if (counts) seen.counts = *counts;
    return seen;
  }

  // Nothing that was not touched; of what was nearly all: a host's DAMON may clear bits meanwhile.
  static void expect_touched(const Seen& seen, const std::vector<std::uint64_t>& touched) {
    std::uint64_t found = 0;
    const std::set<std::uint64_t> wanted(touched.begin(), touched.end());
    for (const auto number : seen.accessed) {
      EXPECT_TRUE(wanted.contains(number)) << "page " << number << " was not touched";
      ++found;
    }
    EXPECT_GE(static_cast<double>(found), 0.99 * static_cast<double>(wanted.size()));
    EXPECT_EQ(seen.counts.accessed, seen.accessed.size());
  }

  std::optional<PageTableWalker> walker_;
};

std::vector<std::uint64_t> every(std::uint64_t step, std::uint64_t first, std::uint64_t pages) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = first; number < pages; number += step) numbers.push_back(number);
  return numbers;
}

constexpr std::uint64_t pages = 16384;  // 64 MiB

TEST_F(PageTableWalk, SeesExactlyTheTouchedPages) {
  PageToucher child({.pages = pages});
  ASSERT_TRUE(child.ready());
  const auto populated = walk(child);
  EXPECT_EQ(populated.counts.present, pages);
  EXPECT_EQ(populated.counts.huge, 0U);
  EXPECT_EQ(populated.counts.unreadable, 0U);
  ASSERT_TRUE(clear_accessed(child.pid()));
  EXPECT_EQ(walk(child).counts.accessed, 0U);
  const auto touched = every(20, 7, pages);
  child.touch(touched);
  const auto seen = walk(child);
  expect_touched(seen, touched);
  EXPECT_EQ(seen.counts.present, pages);
}

TEST_F(PageTableWalk, SeesPagesAgainThatAreInTheTlb) {
  PageToucher child({.pages = pages});
  ASSERT_TRUE(child.ready());
  const auto touched = every(300, 1, pages);  // 55: fewer than any TLB holds
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(clear_accessed(child.pid()));
    child.touch(touched);
    SCOPED_TRACE(round);
    expect_touched(walk(child), touched);
  }
}

TEST_F(PageTableWalk, SeesWhatEveryThreadTouched) {
  PageToucher child({.pages = pages, .threads = 4});
  ASSERT_TRUE(child.ready());
  ASSERT_TRUE(clear_accessed(child.pid()));
  const auto touched = every(11, 3, pages);
  child.touch(touched);
  expect_touched(walk(child), touched);
}

TEST_F(PageTableWalk, GoesFromOneProcessToAnother) {
  const PageToucher first({.pages = 64});
  const PageToucher second({.pages = 32});
  ASSERT_TRUE(first.ready() && second.ready());
  EXPECT_EQ(walk(first).counts.present, 64U);
  EXPECT_EQ(walk(second).counts.present, 32U);
  EXPECT_EQ(walk(first).counts.present, 64U);
}

TEST_F(PageTableWalk, OfAPartOfAMappingCountsFromItsStart) {
  PageToucher child({.pages = pages});
  ASSERT_TRUE(child.ready());
  ASSERT_TRUE(clear_accessed(child.pid()));
  child.touch({99, 100, 130, 199, 200});
  std::vector<MappedRun> runs;
  const auto counts = walker_->walk(child.pid(), child.start() + 100 * page,
                                    child.start() + 200 * page, [&](const MappedRun& run) {
                                      if (run.accessed) runs.push_back(run);
                                    });
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->present, 100U);
  EXPECT_EQ(runs, (std::vector<MappedRun>{{.first = 0, .count = 1, .accessed = true},
                                          {.first = 30, .count = 1, .accessed = true},
                                          {.first = 99, .count = 1, .accessed = true}}));
}

TEST_F(PageTableWalk, CountsEveryPageThatAFaultMapsAsAccessed) {
  PageToucher child({.pages = pages, .populate = false});
  ASSERT_TRUE(child.ready());
  child.touch({64});
  const auto seen = walk(child);
  EXPECT_TRUE(seen.accessed.contains(64));
  EXPECT_EQ(seen.counts.accessed, seen.counts.present);
}

// The numbers of the 2 MiB blocks that are mapped by one entry: all, or the accessed ones.
std::set<std::uint64_t> huge_blocks(PageTableWalker& walker, const PageToucher& child,
                                    bool accessed_only) {
  std::set<std::uint64_t> blocks;
  const auto counts =
      walker.walk(child.pid(), child.start(), child.end(), [&](const MappedRun& run) {
        if (!run.huge || (accessed_only && !run.accessed)) return;
        for (std::uint64_t i = 0; i < run.count; i += 512) blocks.insert((run.first + i) / 512);
      });
  EXPECT_TRUE(counts) << counts.error().message;
  return blocks;
}

TEST_F(PageTableWalk, MarksHugeEntries) {
  PageToucher child({.pages = pages, .huge = true});
  ASSERT_TRUE(child.ready());
  const auto all = huge_blocks(*walker_, child, false);
  if (all.size() < 4)
    GTEST_SKIP() << "this file system is cached in small pieces, or is short of memory";
  std::set<std::uint64_t> touched;
  for (const auto block : all)
    if (block % 3 == 0) touched.insert(block);
  ASSERT_TRUE(clear_accessed(child.pid()));
  std::vector<std::uint64_t> numbers;
  numbers.reserve(touched.size());
  for (const auto block : touched) numbers.push_back(block * 512 + 17);
  child.touch(numbers);
  // Longer than a host's DAMON waits, which clears the bits of most 2 MiB entries at a time.
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  EXPECT_EQ(huge_blocks(*walker_, child, true), touched);
  ASSERT_TRUE(clear_accessed(child.pid()));
  EXPECT_EQ(huge_blocks(*walker_, child, true), std::set<std::uint64_t>{});
}

TEST_F(PageTableWalk, SaysWhyThereIsNothingToWalk) {
  const auto ignore = [](const MappedRun&) {};
  PageToucher child({.pages = 16});
  ASSERT_TRUE(child.ready());
  const pid_t pid = child.pid();
  const auto beyond =
      walker_->walk(pid, std::uint64_t{1} << 55, (std::uint64_t{1} << 56) + 1, ignore);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().kind, ErrorKind::usage);
  const auto kernel =
      walker_->walk(2, 0, page, ignore);  // kthreadd, or a process of this container
  if (!kernel) {
    EXPECT_EQ(kernel.error().kind, ErrorKind::usage) << kernel.error().message;
  }
  child.end_process();
  const auto gone = walker_->walk(pid, child.start(), child.end(), ignore);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::usage);
  EXPECT_TRUE(gone.error().message.contains(std::to_string(pid))) << gone.error().message;
}

TEST_F(PageTableWalk, OfAProcessThatEndsMeanwhileIsAnError) {
  int ended = 0;
  for (int i = 0; i < 200 && ended < 3; ++i) {
    PageToucher child({.pages = 4096});
    ASSERT_TRUE(child.ready());
    const std::jthread killer([&child, i] {
      std::this_thread::sleep_for(std::chrono::microseconds(100 * (i % 20)));
      kill(child.pid(), SIGKILL);
    });
    for (int walks = 0; walks < 100'000; ++walks) {
      // A range that is far larger than what is mapped takes many runs of the program.
      const auto counts = walker_->walk(child.pid(), child.start(),
                                        child.start() + (std::uint64_t{64} << 30), [](auto&) {});
      if (counts) continue;
      EXPECT_TRUE(counts.error().kind == ErrorKind::usage ||
                  counts.error().kind == ErrorKind::failed)
          << counts.error().message;
      if (counts.error().kind == ErrorKind::failed) ++ended;
      break;
    }
  }
  EXPECT_GE(ended, 1) << "the end was never seen within a walk";
}

TEST_F(PageTableWalk, FindsAProcessByItsNumberInThisPidNamespace) {
  // The first process of a new namespace is number 1 there; it looks at a child of its own.
  const std::function<int()> inside = [this] {
    const PageToucher child({.pages = 64});
    if (!child.ready() || child.pid() > 100) return 1;
    const auto counts = walker_->walk(child.pid(), child.start(), child.end(), [](auto&) {});
    return counts && counts->present == 64 ? 0 : 2;
  };
  const pid_t outer = fork();
  ASSERT_GE(outer, 0);
  if (outer == 0) {
    if (unshare(CLONE_NEWPID) != 0) _exit(77);
    const pid_t first = fork();
    if (first == 0) _exit(inside());
    int status = 0;
    waitpid(first, &status, 0);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
  }
  int status = 0;
  waitpid(outer, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no new PID namespace may be made";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace bytepath::trace
