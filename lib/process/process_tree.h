#pragma once
#include <sys/types.h>

namespace bytepath::process {

// Signals a process and those that it started and that are still its descendants; one that was left
// by its parent is not (a daemon). For a program of ours that shares our process group, so that it
// may ask on our terminal. Where the kernel does not tell of children (CONFIG_PROC_CHILDREN of
// proc(5)), the process alone.
void signal_tree(pid_t process, int number);

}  // namespace bytepath::process
