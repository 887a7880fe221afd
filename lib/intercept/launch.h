#pragma once
#include <sys/types.h>

#include <cstdint>
#include <memory>

#include "base/descriptor.h"
#include "base/result.h"
#include "intercept/descriptor_limit.h"
#include "intercept/intercept.h"

namespace bytepath::intercept {

// A child process that is traced, has its rights and its seccomp filter, and waits in a read(2)
// until it may become the program.
struct Launched {
  pid_t pid = 0;
  Descriptor socket;
  std::uint64_t user_us = 0;  // what it had used up by then
  std::uint64_t system_us = 0;
  std::uint64_t blocks_in = 0;
  std::uint64_t filters = 0;                                // of seccomp, with ours
  std::unique_ptr<const DescriptorLimit> descriptor_limit;  // ours, for as long as it runs
};

// The options that every tracee has. Those that it makes get them too.
long trace_options();

// Errors: see Command::start().
Result<Launched> launch(const Request& request);
// It may become the program.
void let_go(const Launched& launched);
// Once it has ended: why it could not become the program, if so.
Result<> check_started(const Launched& launched, const Request& request);

}  // namespace bytepath::intercept
