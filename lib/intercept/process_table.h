#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "intercept/tracee.h"

namespace bytepath::intercept {

// How a new thread stands to the one that made it.
enum class Kinship {
  thread,         // of the same process
  shares_memory,  // a process in the same memory: vfork(2), posix_spawn(3)
  copies_memory,  // fork(2)
};
// Of the flags of clone(2).
Kinship kinship_of(std::uint64_t clone_flags);
// Of the call that the thread has just made, which stands still in it.
Kinship kinship_made_by(pid_t thread);

// All threads that are traced. Their memory is shared as they share it.
class ProcessTable {
 public:
  bool empty() const { return tracees_.empty(); }
  Tracee* find(pid_t thread);
  Tracee& add_first(pid_t process);
  Tracee& add_child(const Tracee& parent, pid_t thread, Kinship kinship);
  // A thread has called execve: it is the only one left of its process, goes by the process's
  // number and has new memory.
  Tracee& exec(pid_t process, pid_t former_thread);
  // It runs no more code of its own. Returns whether its memory has nobody left.
  static bool leave_memory(Tracee& tracee);
  void remove(pid_t thread);

  // Is there another process in this one's memory?
  bool shares_memory(const Tracee& tracee) const;
  std::set<pid_t> processes() const;
  // One thread of each memory.
  std::vector<Tracee*> one_of_each_memory();

 private:
  Tracee& add(pid_t thread, pid_t process, std::shared_ptr<Memory> memory);
  std::map<pid_t, Tracee> tracees_;
};

}  // namespace bytepath::intercept
