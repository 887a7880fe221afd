#include "trace/fault_tracer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <csignal>
#include <set>
#include <thread>

#include "support/cached_file.h"
#include "support/fault_recording.h"

// What the BPF tracer says of a child is compared with what the child did and with what the kernel
// counted of it.
namespace bytepath::trace {
namespace {

using test::CachedFile;
using test::Recording;
using test::Shared;
using test::trace_child;
using test::TracedRun;

constexpr std::uint64_t page = CachedFile::page_bytes;

class LiveFaultTracer : public testing::Test {
 protected:
  static void SetUpTestSuite() { file_ = new CachedFile(std::uint64_t{64 << 20} / page); }
  static void TearDownTestSuite() { delete file_; }
  static const CachedFile& file() { return *file_; }

  // In the child: the whole file, and a touch that the compiler keeps.
  static char* map(void* at = nullptr, std::uint64_t offset = 0, int more_flags = 0) {
    const int descriptor = ::open(file().path().c_str(), O_RDONLY | O_CLOEXEC);
    void* const base = ::mmap(at, file().bytes() - offset, PROT_READ, MAP_SHARED | more_flags,
                              descriptor, static_cast<off_t>(offset));
    ::close(descriptor);
    return static_cast<char*>(base);
  }
  static void touch(const char* address) { (void)*static_cast<const volatile char*>(address); }

  static void expect_all_seen(const TracedRun& run) {
    EXPECT_TRUE(run.ended_well);
    EXPECT_FALSE(run.losses.any())
        << run.losses.faults << " faults, " << run.losses.others << " others, "
        << run.losses.mappings << " mappings, " << run.losses.unpaired << " unpaired";
    EXPECT_EQ(run.seen->faults.size(), run.kernel_count);
  }

 private:
  inline static CachedFile* file_ = nullptr;
};

TEST_F(LiveFaultTracer, SeesEveryFaultThatTheKernelCountsAndPlacesItInTheFile) {
  Shared<std::uint64_t> base;
  const auto run = trace_child([&] {
    const char* const mapped = map();
    *base = reinterpret_cast<std::uint64_t>(mapped);
    for (std::uint64_t i = 0; i < file().pages(); ++i) touch(mapped + i * page);
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  const auto faults = run->seen->in_file(file().id().inode);
  EXPECT_FALSE(faults.empty());
  for (const auto& each : faults) {
    EXPECT_EQ(each.mapping.file, file().id());
    EXPECT_EQ(each.offset(), each.event.address - *base);
    EXPECT_EQ(each.event.process, static_cast<std::uint32_t>(run->process));
    EXPECT_EQ(each.event.thread, static_cast<std::uint32_t>(run->process));
    EXPECT_GT(each.event.duration_ns, 0U);
    EXPECT_NE(each.event.instruction, 0U);
  }
  for (const auto& each : run->seen->faults)
    EXPECT_TRUE(each.mapped) << std::hex << each.event.address;
}

TEST_F(LiveFaultTracer, CountsThePagesThatColdFaultsBringIntoTheCache) {
  if (!file().drop()) GTEST_SKIP() << "the page cache of " << file().path() << " cannot be dropped";
  constexpr std::uint64_t step = 64;
  const auto run = trace_child([&] {
    char* const mapped = map();
    ::madvise(mapped, file().bytes(), MADV_RANDOM);  // no readahead: one page a fault
    for (std::uint64_t i = 0; i < file().pages(); i += step) touch(mapped + i * page);
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  EXPECT_EQ(run->seen->pages_added_to(file().id()), file().cached());
  std::uint64_t slept = 0;
  std::set<std::uint64_t> touched;
  for (const auto& each : run->seen->in_file(file().id().inode)) {
    touched.insert(each.offset() / page);
    EXPECT_EQ(each.event.major, 1);
    EXPECT_GT(each.event.pages_added, 0U);
    slept += each.event.switches > 0 ? 1 : 0;
  }
  std::set<std::uint64_t> expected;
  for (std::uint64_t i = 0; i < file().pages(); i += step) expected.insert(i);
  EXPECT_EQ(touched, expected);
  EXPECT_GT(slept, expected.size() / 2);  // some are served before the thread could sleep
  for (const auto& each : run->seen->added)
    EXPECT_TRUE(each.inode != file().id().inode || each.in_fault == 1);
}

TEST_F(LiveFaultTracer, CountsReadaheadInLargeFoliosToo) {
  if (!file().drop()) GTEST_SKIP() << "the page cache of " << file().path() << " cannot be dropped";
  const auto run = trace_child([&] {
    const char* const mapped = map();
    for (std::uint64_t i = 0; i < file().pages(); ++i) touch(mapped + i * page);
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  EXPECT_EQ(file().cached(), file().pages());
  EXPECT_EQ(run->seen->pages_added_to(file().id()), file().pages());
  std::vector<bool> told(file().pages());
  for (const auto& each : run->seen->added) {
    if (each.inode != file().id().inode) continue;
    for (std::uint64_t i = 0; i < each.pages && each.first_page + i < told.size(); ++i)
      told[each.first_page + i] = true;
  }
  EXPECT_EQ(std::ranges::count(told, true), static_cast<std::ptrdiff_t>(file().pages()));
}

// Where a fault must be, in the order of the touches.
struct Place {
  std::uint64_t address;
  std::uint64_t offset;
};

TEST_F(LiveFaultTracer, FollowsMappingsThatAreMovedAndReplaced) {
  constexpr std::uint64_t half = std::uint64_t{32} << 20;
  Shared<std::array<Place, 4>> places;
  const auto run = trace_child([&] {
    const auto note = [&](std::size_t i, char* at, std::uint64_t offset) {
      (*places)[i] = {reinterpret_cast<std::uint64_t>(at), offset};
      ::madvise(at, page, MADV_DONTNEED);  // so that nothing is mapped there already
      touch(at);
    };
    char* const first = map();
    note(0, first + 5 * page, 5 * page);
    ::munmap(first, file().bytes());
    char* const second = map(first, half, MAP_FIXED);
    note(1, second + 5 * page, half + 5 * page);
    void* const room =
        ::mmap(nullptr, file().bytes(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    auto* const moved = static_cast<char*>(
        ::mremap(second + half / 2, half / 2, half / 2, MREMAP_MAYMOVE | MREMAP_FIXED, room));
    note(2, moved + 7 * page, half + half / 2 + 7 * page);
    note(3, second + 9 * page, half + 9 * page);
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  const auto faults = run->seen->in_file(file().id().inode);
  ASSERT_EQ(faults.size(), places->size());
  for (std::size_t i = 0; i < faults.size(); ++i) {
    EXPECT_EQ(faults[i].event.address, (*places)[i].address);
    EXPECT_EQ(faults[i].offset(), (*places)[i].offset) << "touch " << i;
  }
}

TEST_F(LiveFaultTracer, FollowsChildrenAndThreads) {
  Shared<std::array<pid_t, 2>> ids;
  const auto run = trace_child([&] {
    const pid_t child = ::fork();
    if (child == 0) {
      if (::fork() != 0) {
        ::wait(nullptr);
        ::_exit(0);
      }
      (*ids)[0] = ::getpid();
      touch(map() + 11 * page);
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    std::thread([&] {
      (*ids)[1] = ::gettid();
      touch(map() + 22 * page);
    }).join();
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  const auto faults = run->seen->in_file(file().id().inode);
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].offset(), 11 * page);
  EXPECT_EQ(faults[0].event.process, static_cast<std::uint32_t>((*ids)[0]));
  EXPECT_EQ(faults[0].event.thread, static_cast<std::uint32_t>((*ids)[0]));
  EXPECT_EQ(faults[1].offset(), 22 * page);
  EXPECT_EQ(faults[1].event.process, static_cast<std::uint32_t>(run->process));
  EXPECT_EQ(faults[1].event.thread, static_cast<std::uint32_t>((*ids)[1]));
}

TEST_F(LiveFaultTracer, TellsFaultsOfSystemCallsApart) {
  const auto run = trace_child([&] {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    (void)!::write(ends[1], map() + 33 * page, 1);
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  const auto faults = run->seen->in_file(file().id().inode);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].event.from_kernel, 1);
}

sigjmp_buf after_fault;

TEST_F(LiveFaultTracer, CountsFaultsThatEndInASignalAsNoLoss) {
  constexpr int times = 100;
  const auto run = trace_child([] {
    std::signal(SIGSEGV, [](int) { siglongjmp(after_fault, 1); });
    auto* const closed =
        static_cast<char*>(::mmap(nullptr, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int i = 0; i < times; ++i)
      if (sigsetjmp(after_fault, 1) == 0) touch(closed);
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  EXPECT_GE(run->losses.unresolved, times - 1U);  // the last one is not known to have ended
  EXPECT_LE(run->losses.unresolved, times + 0U);
}

TEST_F(LiveFaultTracer, CountsWhatASmallRingCannotHold) {
  const auto run = trace_child(
      [] {
        const std::uint64_t bytes = 4096 * page;
        auto* const fresh = static_cast<char*>(
            ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        ::madvise(fresh, bytes, MADV_NOHUGEPAGE);
        for (std::uint64_t i = 0; i < bytes; i += page) fresh[i] = 1;
      },
      {.ring_bytes = 1}, false);
  BYTEPATH_SKIP_IF_REFUSED(run);
  EXPECT_GT(run->losses.faults, 2000U);
  EXPECT_TRUE(run->losses.any());
  EXPECT_EQ(run->seen->faults.size() + run->losses.faults, run->kernel_count);
}

TEST_F(LiveFaultTracer, LeavesOutWhatIsNotWanted) {
  const auto run = trace_child([] { touch(map()); }, {.calls = false, .page_cache = false});
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  EXPECT_TRUE(run->seen->calls.empty());
  EXPECT_TRUE(run->seen->added.empty());
}

TEST_F(LiveFaultTracer, MayBeginInTheMidstOfFaults) {
  test::StandingChild busy([] {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    for (;;) {  // faults of its own and of a system call
      auto* const fresh = static_cast<char*>(
          ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
      *fresh = 1;
      (void)!::write(ends[1], "x", 1);
      (void)!::read(ends[0], fresh + page, 1);
      ::munmap(fresh, 2 * page);
    }
  });
  busy.let_go();
  const auto tracer = trace_faults_by_bpf({.process = busy.pid()});
  BYTEPATH_SKIP_IF_REFUSED(tracer);
  Recording seen;
  while (seen.faults.size() < 10'000 && !(*tracer)->losses().any()) (*tracer)->drain(seen, false);
  EXPECT_FALSE((*tracer)->losses().any());
  const auto by_kernel = std::ranges::count_if(
      seen.faults, [](const Recording::Fault& each) { return each.event.from_kernel == 1; });
  EXPECT_GT(by_kernel, 4'000);
  EXPECT_LT(by_kernel, 6'000);
}

TEST_F(LiveFaultTracer, SeesNothingOfOthers) {
  test::StandingChild stranger([] {
    for (;;) {
      auto* const fresh = static_cast<char*>(
          ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
      *fresh = 1;
      ::munmap(fresh, page);
    }
  });
  stranger.let_go();
  const auto run = trace_child([] { touch(map()); });
  BYTEPATH_SKIP_IF_REFUSED(run);
  expect_all_seen(*run);
  for (const auto& each : run->seen->faults)
    EXPECT_EQ(each.event.process, static_cast<std::uint32_t>(run->process));
  for (const auto& each : run->seen->calls)
    EXPECT_EQ(each.event.process, static_cast<std::uint32_t>(run->process));
}

TEST_F(LiveFaultTracer, RefusesAProcessThatIsGone) {
  pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  const auto tracer = trace_faults_by_bpf({.process = gone});
  ASSERT_FALSE(tracer);
  EXPECT_THAT(tracer.error().message, testing::HasSubstr(std::to_string(gone)));
}

}  // namespace
}  // namespace bytepath::trace
