#include "intercept/filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <array>
#include <csignal>
#include <cstring>

namespace bytepath::intercept {
namespace {

using Arguments = std::array<std::uint64_t, 6>;

constexpr Interest everything{.unmapping = true, .advice = true};
constexpr Interest files_only{};

// What the kernel does with a classic BPF program, for the instructions that the filter has.
std::uint32_t answer(const std::vector<sock_filter>& code, const seccomp_data& call) {
  std::array<std::uint32_t, sizeof call / 4> words{};
  std::memcpy(words.data(), &call, sizeof call);
  std::uint32_t loaded = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const sock_filter& line = code[at];
    switch (line.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        loaded = words.at(line.k / 4);
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        at += loaded == line.k ? line.jt : line.jf;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        at += (loaded & line.k) != 0 ? line.jt : line.jf;
        break;
      case BPF_RET | BPF_K:
        return line.k;
      default:
        ADD_FAILURE() << "instruction " << line.code;
        return 0;
    }
  }
  ADD_FAILURE() << "it ran off its end";
  return 0;
}

std::uint32_t answer(const Interest& interest, long number, const Arguments& arguments,
                     std::uint32_t arch = AUDIT_ARCH_X86_64) {
  seccomp_data call{
      .nr = static_cast<int>(number), .arch = arch, .instruction_pointer = 0, .args = {}};
  std::ranges::copy(arguments, call.args);
  return answer(filter_program(interest), call);
}

bool stops(const Interest& interest, long number, const Arguments& arguments) {
  const std::uint32_t got = answer(interest, number, arguments);
  EXPECT_TRUE(got == SECCOMP_RET_ALLOW || got == SECCOMP_RET_TRACE) << got;
  return got == SECCOMP_RET_TRACE;
}

Arguments mmap_of(std::uint64_t flags, int descriptor) {
  return {
      0, 4096, PROT_READ, flags, static_cast<std::uint64_t>(static_cast<std::uint32_t>(descriptor)),
      0};
}

TEST(Filter, StopsWhereAFileIsMapped) {
  for (const Interest& interest : {everything, files_only}) {
    EXPECT_TRUE(stops(interest, SYS_mmap, mmap_of(MAP_SHARED, 0)));
    EXPECT_TRUE(stops(interest, SYS_mmap, mmap_of(MAP_PRIVATE | MAP_POPULATE, 1000)));
    EXPECT_FALSE(stops(interest, SYS_mmap, mmap_of(MAP_PRIVATE | MAP_ANONYMOUS, -1)));
    EXPECT_FALSE(stops(interest, SYS_mmap, mmap_of(MAP_PRIVATE | MAP_ANONYMOUS, 3)));
    EXPECT_FALSE(stops(interest, SYS_mmap, mmap_of(MAP_PRIVATE, -1)));
  }
}

TEST(Filter, StopsWhereAMappingMayBeReplacedWhenUnmappingMatters) {
  const Arguments over_something = mmap_of(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
  EXPECT_TRUE(stops(everything, SYS_mmap, over_something));
  EXPECT_FALSE(stops(files_only, SYS_mmap, over_something));
  EXPECT_FALSE(
      stops(everything, SYS_mmap, mmap_of(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1)));
}

TEST(Filter, StopsWherePagesGoAway) {
  const Interest unmapping{.unmapping = true};
  for (const long number : {SYS_munmap, SYS_mremap, SYS_execve, SYS_execveat}) {
    EXPECT_TRUE(stops(unmapping, number, {})) << number;
    EXPECT_FALSE(stops({.advice = true}, number, {})) << number;
  }
  for (const int advice : {MADV_DONTNEED, MADV_REMOVE, MADV_PAGEOUT, 24, 102}) {
    const Arguments call{0, 4096, static_cast<std::uint64_t>(advice)};
    EXPECT_TRUE(stops(unmapping, SYS_madvise, call)) << advice;
    EXPECT_FALSE(stops({.advice = true}, SYS_madvise, call)) << advice;
    const Arguments by_process{3, 4096, 1, static_cast<std::uint64_t>(advice)};
    EXPECT_TRUE(stops(unmapping, SYS_process_madvise, by_process)) << advice;
    EXPECT_FALSE(stops({.advice = true}, SYS_process_madvise, by_process)) << advice;
  }
}

TEST(Filter, StopsAtAdviceWhenItMatters) {
  const Interest advice_matters{.advice = true};
  for (const int advice : {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_HUGEPAGE,
                           MADV_NOHUGEPAGE, MADV_POPULATE_READ, MADV_POPULATE_WRITE, 25}) {
    const Arguments call{0, 4096, static_cast<std::uint64_t>(advice)};
    EXPECT_TRUE(stops(advice_matters, SYS_madvise, call)) << advice;
    EXPECT_FALSE(stops({.unmapping = true}, SYS_madvise, call)) << advice;
  }
  EXPECT_FALSE(stops(everything, SYS_madvise, {0, 4096, MADV_FREE}));
  EXPECT_TRUE(stops(advice_matters, SYS_process_madvise, {3, 4096, 1, MADV_WILLNEED}));
  EXPECT_FALSE(stops(everything, SYS_process_madvise, {3, 4096, 1, MADV_COLD}));
  for (const long number : {SYS_readahead, SYS_mlock, SYS_mlock2, SYS_mlockall}) {
    EXPECT_TRUE(stops(advice_matters, number, {})) << number;
    EXPECT_FALSE(stops(files_only, number, {})) << number;
  }
  EXPECT_TRUE(stops(advice_matters, SYS_fadvise64, {3, 0, 0, POSIX_FADV_WILLNEED}));
  EXPECT_FALSE(stops(advice_matters, SYS_fadvise64, {3, 0, 0, POSIX_FADV_DONTNEED}));
  EXPECT_FALSE(stops(files_only, SYS_fadvise64, {3, 0, 0, POSIX_FADV_WILLNEED}));
}

TEST(Filter, StopsWhereAChildWouldNotBeTraced) {
  for (const Interest& interest : {everything, files_only}) {
    EXPECT_TRUE(stops(interest, SYS_clone, {CLONE_UNTRACED | SIGCHLD}));
    EXPECT_FALSE(stops(interest, SYS_clone, {CLONE_VM | CLONE_VFORK | SIGCHLD}));
  }
}

TEST(Filter, LetsEverythingElseRun) {
  for (long number = 0; number < 600; ++number) {
    switch (number) {
      case SYS_mmap:
      case SYS_munmap:
      case SYS_mremap:
      case SYS_madvise:
      case SYS_process_madvise:
      case SYS_execve:
      case SYS_execveat:
      case SYS_fadvise64:
      case SYS_readahead:
      case SYS_mlock:
      case SYS_mlock2:
      case SYS_mlockall:
        continue;
      default:
        EXPECT_FALSE(stops(everything, number, {1, 1, 1, 1, 1, 1})) << number;
    }
  }
}

TEST(Filter, MarksFilesThatAreMappedByAnotherInterface) {
  constexpr std::uint32_t marked = SECCOMP_RET_TRACE | foreign_call;
  const Arguments file = mmap_of(MAP_PRIVATE, 3);
  const Arguments memory = mmap_of(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
  EXPECT_EQ(answer(everything, x32_bit | SYS_mmap, file), marked);
  EXPECT_EQ(answer(everything, x32_bit | SYS_mmap, memory), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer(everything, i386_mmap2, file, AUDIT_ARCH_I386), marked);
  EXPECT_EQ(answer(everything, i386_mmap2, memory, AUDIT_ARCH_I386), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer(everything, i386_old_mmap, {0x8000}, AUDIT_ARCH_I386), marked);
  // The numbers mean something else there.
  for (const long number : {SYS_mmap, SYS_munmap, SYS_execve}) {
    EXPECT_EQ(answer(everything, number, file, AUDIT_ARCH_I386), SECCOMP_RET_ALLOW);
    EXPECT_EQ(answer(everything, number, file, AUDIT_ARCH_AARCH64), SECCOMP_RET_ALLOW);
  }
  EXPECT_EQ(answer(everything, i386_mmap2, file, AUDIT_ARCH_AARCH64), SECCOMP_RET_ALLOW);
}

}  // namespace
}  // namespace bytepath::intercept
