#pragma once
#include <sys/types.h>

#include <cstdint>

#include "base/descriptor.h"
#include "base/result.h"
#include "intercept/registers.h"

// What makes every touched page of a mapping one fault: userfaultfd(2) in its write-protect mode
// with UFFD_FEATURE_WP_ASYNC. Nothing is ever write-protected, so that no event comes; but the
// kernel maps one page at a time where it is registered (should_fault_around and finish_fault,
// mm/memory.c).
//
// A userfaultfd belongs to the memory of the process that makes it, whoever holds the descriptor.
// So the process is made to call it once and to close its descriptor again; all else is done from
// here.
namespace bytepath::intercept {

// The arguments for userfaultfd(2) itself. For user mode only (Linux 5.11): no right is needed for
// it.
Arguments userfault_arguments();

// A copy of another process's descriptor, by pidfd_getfd(2).
Result<Descriptor> copy_descriptor(pid_t thread, pid_t process, int descriptor);

// Error (unsupported): before Linux 6.7.
Result<> enable_write_protect_async(const Descriptor& userfault);

// Error: [start, end) is not mapped there, or by what cannot be registered.
Result<> register_pages(const Descriptor& userfault, std::uint64_t start, std::uint64_t end);

// What a process's failed call of userfaultfd(2) means.
Error userfault_refusal(int errno_value);

}  // namespace bytepath::intercept
