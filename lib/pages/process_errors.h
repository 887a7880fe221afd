#pragma once
#include <sys/types.h>

#include "base/result.h"

namespace bytepath::pages {

// The error of something that was asked of a process: a process that is not there is a mistyped
// number (usage), whatever the failed call said.
std::unexpected<Error> process_error(pid_t pid, Error error);

}  // namespace bytepath::pages
