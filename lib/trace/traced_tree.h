#pragma once
#include <sys/types.h>

#include <cstdint>

#include "trace/pid_namespace.h"

// Which processes a BPF program of measured_tree.bpf.h looks at.
namespace bytepath::trace {

struct TracedTree {
  pid_t process = 0;  // with its threads and, from now on, children
  // Its children only, each from its execve(2) on: the process is the helper that starts them.
  bool without_itself = false;
};

// Before the program is loaded.
template <class Skeleton>
void choose_tree(Skeleton& skeleton, const TracedTree& tree) {
  skeleton.rodata->root_process = static_cast<std::uint32_t>(tree.process);
  skeleton.rodata->pid_namespace = own_pid_namespace();
  skeleton.rodata->leave_out_root = tree.without_itself;
}

// When all is attached: until then the programs look away.
template <class Skeleton>
void begin_tree(Skeleton& skeleton, const TracedTree& tree) {
  if (skeleton.rodata->pid_namespace == 0)
    skeleton.data->root_tgid = static_cast<std::uint32_t>(tree.process);
  else
    skeleton.bss->finding_root = 1;
}

}  // namespace bytepath::trace
