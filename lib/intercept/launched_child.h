#pragma once
#include <linux/filter.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <vector>

#include "intercept/intercept.h"

// The child's side of launch(): what runs between fork(2) and execve(2).
namespace bytepath::intercept {

enum class Step : std::uint32_t { filter, user, program, traceable, ready, exec };

// What the child says: it may be traced, it stands still (ready), or at which step it failed.
struct Message {
  Step step = Step::ready;
  int error = 0;
  std::uint64_t user_us = 0;
  std::uint64_t system_us = 0;
  std::uint64_t blocks_in = 0;
};

// Of getrusage(2).
std::uint64_t microseconds(const timeval& time);

// Made before the fork, as nothing may be allocated behind it: another thread may hold malloc's
// lock.
struct Prepared {
  std::vector<sock_filter> filter;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  rlimit descriptors{};  // RLIMIT_NOFILE, which we have raised for ourselves
};

// Goes the way up to execve(2), tells every step over the socket, and waits for a byte of leave
// after `traceable` and after `ready`. All signals are blocked until then, when this mask is set: a
// traced process would stop at one.
[[noreturn]] void become_program(const Request& request, const Prepared& prepared, int socket,
                                 const sigset_t& signal_mask);

}  // namespace bytepath::intercept
