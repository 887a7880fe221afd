#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "support/cached_file.h"
#include "support/fault_recording.h"
#include "trace/fault_tracer.h"

// System calls that move or prepare weights, as the BPF tracer tells them.
namespace bytepath::trace {
namespace {

using test::CachedFile;
using test::Recording;
using test::Shared;

constexpr std::uint64_t page = CachedFile::page_bytes;
constexpr std::uint64_t part = 16 * page;

struct Interval {
  std::uint64_t begin;
  std::uint64_t end;
};

struct Expected {
  std::uint16_t call;
  std::uint64_t address;
  std::uint64_t length;
  std::uint64_t argument;
  std::uint64_t offset;
  Interval around;
};

struct Noted {
  std::array<Expected, 16> calls;
  std::size_t count;
  std::uint64_t populated;
};

std::uint64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t number(const void* address) { return reinterpret_cast<std::uint64_t>(address); }

// Makes every call once and notes what must be told of it.
class Caller {
 public:
  Caller(const CachedFile& file, Noted& noted) : file_(file), noted_(noted) {}

  void run() {
    const int descriptor = ::open(file_.path().c_str(), O_RDONLY | O_CLOEXEC);
    work_on_memory(descriptor);
    work_on_file(descriptor);
    ::close(descriptor);
  }

 private:
  template <class Call>
  auto note(Expected expected, const Call& call) {
    expected.around.begin = now();
    const auto result = call();
    expected.around.end = now();
    if (expected.call == bytepath_call_mmap || expected.call == bytepath_call_mremap)
      expected.address = static_cast<std::uint64_t>(result);
    noted_.calls[noted_.count++] = expected;
    return result;
  }

  void work_on_memory(int descriptor) {
    constexpr std::uint64_t flags = MAP_SHARED | MAP_POPULATE;
    const std::uint64_t bytes = file_.bytes() / 2;
    const std::uint64_t base =
        note({.call = bytepath_call_mmap, .length = bytes, .argument = flags},
             [&] { return number(::mmap(nullptr, bytes, PROT_READ, flags, descriptor, 0)); });
    noted_.populated = base;
    auto* const memory = reinterpret_cast<char*>(base);
    note(
        {.call = bytepath_call_madvise, .address = base, .length = part, .argument = MADV_WILLNEED},
        [&] { return ::madvise(memory, part, MADV_WILLNEED); });
    // Not by its function, which the address sanitizer makes one that does nothing.
    note({.call = bytepath_call_mlock, .address = base + part, .length = part},
         [&] { return ::syscall(SYS_mlock, memory + part, part); });
    note({.call = bytepath_call_mlock, .address = base, .length = part},
         [&] { return ::mlock2(memory, part, MLOCK_ONFAULT); });
    const std::uint64_t moved = note(
        {.call = bytepath_call_mremap, .length = 2 * part, .argument = base + bytes - part},
        [&] { return number(::mremap(memory + bytes - part, part, 2 * part, MREMAP_MAYMOVE)); });
    note({.call = bytepath_call_munmap, .address = moved, .length = 2 * part},
         [&] { return ::munmap(reinterpret_cast<char*>(moved), 2 * part); });
  }

  void work_on_file(int descriptor) {
    std::array<char, 3 * page> buffer{};
    iovec piece{.iov_base = buffer.data(), .iov_len = page};
    const auto half = static_cast<off_t>(file_.bytes() / 2);
    note({.call = bytepath_call_fadvise,
          .length = part,
          .argument = POSIX_FADV_WILLNEED,
          .offset = 3 * page},
         [&] { return ::posix_fadvise(descriptor, 3 * page, part, POSIX_FADV_WILLNEED); });
    note({.call = bytepath_call_readahead, .length = part, .offset = 4 * page},
         [&] { return ::readahead(descriptor, 4 * page, part); });
    note({.call = bytepath_call_read,
          .length = buffer.size(),
          .offset = static_cast<std::uint64_t>(half)},
         [&] { return ::pread(descriptor, buffer.data(), buffer.size(), half); });
    ::lseek(descriptor, 7 * page, SEEK_SET);
    note({.call = bytepath_call_read, .length = 100, .offset = 7 * page},
         [&] { return ::read(descriptor, buffer.data(), 100); });
    note({.call = bytepath_call_read, .length = page, .offset = 7 * page + 100},
         [&] { return ::readv(descriptor, &piece, 1); });
    note({.call = bytepath_call_read, .length = page, .offset = 9 * page},
         [&] { return ::preadv(descriptor, &piece, 1, 9 * page); });
    note({.call = bytepath_call_read, .length = page, .offset = 8 * page + 100},
         [&] { return ::preadv2(descriptor, &piece, 1, -1, 0); });
    // What must not be told: the end of the file, errors, a pipe.
    (void)!::pread(descriptor, buffer.data(), 1, static_cast<off_t>(file_.bytes()));
    (void)!::pread(-1, buffer.data(), 1, 0);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    (void)!::write(ends[1], "x", 1);
    (void)!::read(ends[0], buffer.data(), 1);
  }

  const CachedFile& file_;
  Noted& noted_;
};

bool is_of_file(const Recording::Call& call, const FileId& file) {
  const FileId named{.device = call.event.device, .inode = call.event.inode};
  return named == file || call.mapping.file == file;
}

TEST(LiveFaultTracerCalls, AreToldWithTheirFileAndDuration) {
  const CachedFile file(2048);
  const bool cold = file.drop();
  Shared<Noted> noted;
  const auto run = test::trace_child([&] { Caller(file, *noted).run(); });
  BYTEPATH_SKIP_IF_REFUSED(run);
  EXPECT_TRUE(run->ended_well);
  EXPECT_FALSE(run->losses.any());
  std::vector<Recording::Call> told;
  for (const auto& each : run->seen->calls)
    if (is_of_file(each, file.id())) told.push_back(each);
  for (const auto& each : run->seen->calls)
    EXPECT_TRUE(each.event.call != bytepath_call_read || is_of_file(each, file.id()));
  ASSERT_EQ(told.size(), noted->count);
  for (std::size_t i = 0; i < told.size(); ++i) {
    const auto& event = told[i].event;
    const auto& expected = noted->calls[i];
    SCOPED_TRACE("call " + std::to_string(i));
    EXPECT_EQ(event.call, expected.call);
    EXPECT_EQ(event.address, expected.address);
    EXPECT_EQ(event.length, expected.length);
    EXPECT_EQ(event.argument, expected.argument);
    EXPECT_EQ(event.offset, expected.offset);
    EXPECT_EQ(event.process, static_cast<std::uint32_t>(run->process));
    EXPECT_GT(event.duration_ns, 0U);
    EXPECT_GE(event.time_ns, expected.around.begin);
    EXPECT_LE(event.time_ns + event.duration_ns, expected.around.end);
  }
  EXPECT_EQ(told[4].event.old_length, part);
  if (cold) {
    EXPECT_EQ(told[0].event.pages_added, run->seen->pages_added_to(file.id()));
  }
}

TEST(LiveFaultTracerCalls, PopulatingBringsTheWholeMappingIntoTheCache) {
  const CachedFile file(2048);
  if (!file.drop()) GTEST_SKIP() << "the page cache of " << file.path() << " cannot be dropped";
  const auto run = test::trace_child([&] {
    const int descriptor = ::open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
    ::mmap(nullptr, file.bytes(), PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor, 0);
  });
  BYTEPATH_SKIP_IF_REFUSED(run);
  std::uint64_t added = 0;
  for (const auto& each : run->seen->calls)
    if (is_of_file(each, file.id())) added += each.event.pages_added;
  EXPECT_EQ(added, file.pages());
  EXPECT_EQ(file.cached(), file.pages());
  EXPECT_TRUE(run->seen->in_file(file.id().inode).empty());
  for (const auto& each : run->seen->added)
    EXPECT_TRUE(each.inode != file.id().inode || each.in_fault == 0);
}

}  // namespace
}  // namespace bytepath::trace
