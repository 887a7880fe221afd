#pragma once
#include <linux/filter.h>

#include <cstdint>
#include <vector>

namespace bytepath::intercept {

// Which system calls a process is stopped at. Mapping a file always is one, and clone(2) with
// CLONE_UNTRACED: a child with the filter and without a tracer would find that the calls of the
// filter do not exist (ENOSYS).
struct Interest {
  bool unmapping = false;  // what takes mapped pages away: munmap, mremap, MAP_FIXED, execve, ...
  bool advice =
      false;  // what a program advises or locks: madvise, process_madvise, fadvise64, mlock, ...
};

// What the filter says with a stop: its SECCOMP_RET_DATA, PTRACE_GETEVENTMSG.
inline constexpr std::uint16_t native_call = 0;
inline constexpr std::uint16_t foreign_call = 1;  // a file is mapped by a 32-bit or x32 call

// Numbers of calls by these interfaces: __X32_SYSCALL_BIT, asm/unistd.h;
// arch/x86/entry/syscalls/syscall_32.tbl.
inline constexpr std::uint32_t x32_bit = 0x40000000;
inline constexpr std::uint32_t i386_old_mmap = 90;  // its arguments are in memory
inline constexpr std::uint32_t i386_mmap2 = 192;

// A classic BPF program for seccomp(2): SECCOMP_RET_TRACE for these calls, else SECCOMP_RET_ALLOW.
// Calls by the 32-bit and x32 interfaces are allowed, as their arguments lie elsewhere; only where
// they map a file there is a stop, so that it can be told.
std::vector<sock_filter> filter_program(const Interest& interest);

}  // namespace bytepath::intercept
