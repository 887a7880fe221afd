#pragma once
#include <sys/types.h>

#include "base/result.h"

namespace bytepath {

// The error of something that was asked of a process: one that is not there is a mistyped number
// (usage), and one that /proc hides from this user (hidepid of proc(5)) is denied, whatever the
// failed call said.
std::unexpected<Error> process_error(pid_t pid, Error error);

}  // namespace bytepath
