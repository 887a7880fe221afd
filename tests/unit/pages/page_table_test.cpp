#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <vector>

#include "disk_file.h"
#include "pages/page_table_reading.h"
#include "pages/process_pages.h"
#include "support/other_user.h"

namespace bytepath::pages {
namespace {

// Memory of this process of which known pages are mapped: touching one maps no other.
class Memory {
 public:
  explicit Memory(std::uint64_t pages) : size_(pages * page_bytes) {
    void* const at = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED || ::madvise(at, size_, MADV_NOHUGEPAGE) != 0) std::abort();
    data_ = static_cast<char*>(at);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { ::munmap(data_, size_); }

  void touch(std::uint64_t page) { data_[page * page_bytes] = 1; }
  std::uint64_t start() const { return reinterpret_cast<std::uintptr_t>(data_); }
  std::uint64_t end() const { return start() + size_; }

 private:
  std::size_t size_;
  char* data_ = nullptr;
};

std::vector<PageRun> touch_runs(Memory& memory, std::uint64_t pages, std::uint64_t every,
                                std::uint64_t length) {
  std::vector<PageRun> runs;
  for (std::uint64_t first = 1; first + length < pages; first += every) {
    for (std::uint64_t i = 0; i < length; ++i) memory.touch(first + i);
    runs.push_back({.first = first, .count = length});
  }
  return runs;
}

template <class Read>
std::vector<PageRun> runs_of(Read read) {
  std::vector<PageRun> runs;
  const auto done = read([&](std::uint64_t first, std::uint64_t count) {
    runs.push_back({.first = first, .count = count});
  });
  EXPECT_TRUE(done) << done.error().message;
  return runs;
}

Descriptor own_pagemap() { return Descriptor(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)); }

bool has_scan() {
  const Memory memory(1);
  const auto done = scan_page_table(own_pagemap(), memory.start(), memory.end(),
                                    [](std::uint64_t, std::uint64_t) {});
  return done || done.error().kind != ErrorKind::unsupported;
}

// Both ways and the one that picks, against the truth.
void expect_runs(const Memory& memory, const std::vector<PageRun>& truth) {
  const Descriptor pagemap = own_pagemap();
  ASSERT_TRUE(pagemap);
  EXPECT_EQ(runs_of([&](const RunFound& found) {
              return read_present_bits(pagemap, memory.start(), memory.end(), found);
            }),
            truth);
  const auto table = PageTable::open(::getpid());
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(runs_of([&](const RunFound& found) {
              return table->mapped(memory.start(), memory.end(), found);
            }),
            truth);
  if (!has_scan()) GTEST_SKIP() << "this kernel has no PAGEMAP_SCAN: only the bits were checked";
  EXPECT_EQ(runs_of([&](const RunFound& found) {
              return scan_page_table(pagemap, memory.start(), memory.end(), found);
            }),
            truth);
}

TEST(PageTable, TellsMoreRunsThanOneScanReturns) {
  constexpr std::uint64_t pages = 9000;
  Memory memory(pages);
  const auto truth = touch_runs(memory, pages, 3, 1);
  ASSERT_GT(truth.size(), 5 * 512U);
  expect_runs(memory, truth);
}

TEST(PageTable, TellsRunsAsLongAsTheyAre) {
  constexpr std::uint64_t pages = 20000;
  Memory memory(pages);
  // Longer than a table of the page table (512) and than what is read at once (4096).
  expect_runs(memory, touch_runs(memory, pages, 6000, 5000));
}

TEST(PageTable, TellsNothingOfUntouchedMemory) {
  const Memory memory(5000);
  expect_runs(memory, {});
  const auto table = PageTable::open(::getpid());
  ASSERT_TRUE(table);
  EXPECT_TRUE(table->mapped(memory.end(), memory.start(), {}));
  EXPECT_TRUE(table->mapped(memory.start(), memory.start(), {}));
}

TEST(PageTable, SeesOnlyTheRangeItIsAskedFor) {
  Memory memory(100);
  for (std::uint64_t page = 0; page < 100; ++page) memory.touch(page);
  const auto table = PageTable::open(::getpid());
  ASSERT_TRUE(table);
  const std::uint64_t start = memory.start() + 10 * page_bytes;
  EXPECT_EQ(runs_of([&](const RunFound& found) {
              return table->mapped(start, start + 5 * page_bytes, found);
            }),
            (std::vector<PageRun>{{0, 5}}));
}

TEST(PageTable, KnowsAKernelWithoutScan) {
  const Descriptor other(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto scanned = scan_page_table(other, 0, page_bytes, [](std::uint64_t, std::uint64_t) {});
  ASSERT_FALSE(scanned);
  EXPECT_EQ(scanned.error().kind, ErrorKind::unsupported);
}

TEST(PageTable, WorksForAnOrdinaryUser) {
  EXPECT_TRUE(test::holds_without_root([] {
    ::prctl(PR_SET_DUMPABLE, 1);  // setuid() took it away, and with it our own /proc files
    constexpr std::uint64_t pages = 6000;
    Memory memory(pages);
    const auto truth = touch_runs(memory, pages, 4, 2);
    expect_runs(memory, truth);
    return truth.size() > 512 && !testing::Test::HasFailure();
  }));
}

TEST(PageTable, NamesTheProcessThatIsNotThere) {
  const auto table = PageTable::open(INT_MAX);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().kind, ErrorKind::usage);
  EXPECT_EQ(table.error().message, "there is no process 2147483647");
  EXPECT_EQ(clear_referenced(INT_MAX).error().kind, ErrorKind::usage);
  EXPECT_EQ(mapping_use(INT_MAX).error().kind, ErrorKind::usage);
}

TEST(PageTable, IsDeniedForOthersProcesses) {
  EXPECT_TRUE(test::holds_without_root([] {
    const auto denied = [](const auto& result) {
      return !result && result.error().kind == ErrorKind::denied;
    };
    constexpr pid_t init = 1;
    return denied(PageTable::open(init)) && denied(clear_referenced(init)) &&
           denied(mapping_use(init));
  }));
}

TEST(PageTable, NoticesThatTheProcessHasEnded) {
  const Memory memory(10);
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto table = PageTable::open(child);
  ASSERT_TRUE(table) << table.error().message;
  const Descriptor pagemap(::open(fmt::format("/proc/{}/pagemap", child).c_str(), O_RDONLY));
  const auto ignored = [](std::uint64_t, std::uint64_t) {};
  const auto look = [&] { return table->mapped(memory.start(), memory.end(), ignored); };
  EXPECT_TRUE(look());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const auto gone = look();
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::failed);
  EXPECT_EQ(gone.error().message, "cannot read the page table: the process has ended");
  const auto read = read_present_bits(pagemap, memory.start(), memory.end(), ignored);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, gone.error().message);
}

// The use of the mapping that begins at an address.
MappingUse use_at(const void* address) {
  const auto uses = mapping_use(::getpid());
  EXPECT_TRUE(uses) << uses.error().message;
  for (const MappingUse& use : *uses)
    if (use.start == reinterpret_cast<std::uintptr_t>(address)) return use;
  ADD_FAILURE() << "the mapping is not told";
  return {};
}

TEST(ClearReferenced, ResetsFileMappings) {
  const test::DiskFolder folder;
  if (!folder.unfit().empty()) GTEST_SKIP() << folder.unfit();
  constexpr std::size_t size = 64 * page_bytes;
  const std::string path = folder.file("m", size);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  ASSERT_NE(at, MAP_FAILED);
  ::madvise(at, size, MADV_RANDOM);
  EXPECT_TRUE(test::once_of_five([&] {
    (void)*static_cast<volatile char*>(at);
    const MappingUse touched = use_at(at);
    EXPECT_EQ(touched.path, path);
    EXPECT_TRUE(touched.random_read);
    EXPECT_TRUE(clear_referenced(::getpid()));
    const MappingUse cleared = use_at(at);
    return touched.referenced >= page_bytes && touched.resident >= page_bytes &&
           cleared.referenced == 0 && cleared.resident >= page_bytes;
  }));
  ::munmap(at, size);
}

}  // namespace
}  // namespace bytepath::pages
