#include "trace/syscall_names.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "trace/syscall_counts.h"

namespace bytepath::trace {
namespace {

TEST(SyscallNames, AreThoseOfX8664) {
  EXPECT_EQ(syscall_name(0), "read");
  EXPECT_EQ(syscall_name(1), "write");
  EXPECT_EQ(syscall_name(SYS_pread64), "pread64");
  EXPECT_EQ(syscall_name(SYS_exit_group), "exit_group");
  EXPECT_EQ(syscall_name(SYS_futex_waitv), "futex_waitv");
}

TEST(SyscallNames, AreNumbersWhereNoneIsKnown) {
  EXPECT_EQ(syscall_name(400), "syscall_400");
  EXPECT_EQ(syscall_name(BYTEPATH_OTHER_SYSCALLS), "others");
}

TEST(SyscallNames, KnowWhichResultsAreBytes) {
  EXPECT_TRUE(moves_bytes(SYS_read));
  EXPECT_TRUE(moves_bytes(SYS_pwritev2));
  EXPECT_FALSE(moves_bytes(SYS_mmap));
  EXPECT_FALSE(moves_bytes(SYS_lseek));
}

}  // namespace
}  // namespace bytepath::trace
