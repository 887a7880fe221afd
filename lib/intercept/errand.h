#pragma once
#include <deque>
#include <functional>

#include "base/result.h"
#include "intercept/tracee.h"

// Has a stopped thread make system calls of ours, one after the other, while all others run on.
namespace bytepath::intercept {

// The thread must have just come back from a 64-bit system call (`after`: its registers as they are
// to be in the end). All its signals wait meanwhile, so that no handler runs in between. Afterwards
// `done` is called. Error: it cannot be done here; nothing has changed.
Result<> start_errand(Tracee& tracee, const Registers& after, std::deque<Call> calls,
                      std::function<void()> done);

// At a stop where a system call begins or ends, while there is an errand.
void go_on_with_errand(Tracee& tracee);

}  // namespace bytepath::intercept
