#pragma once
#include <sys/types.h>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::process {

// A pidfd of a process that is to be watched: readable when it has ended. Error (usage): there is
// no such process, or the number is that of a thread.
Result<Descriptor> open_process(pid_t process);

}  // namespace bytepath::process
