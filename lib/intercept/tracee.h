#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "base/descriptor.h"
#include "base/result.h"
#include "intercept/address_space.h"
#include "intercept/registers.h"
#include "pages/process_pages.h"

// What is known of the threads that are traced, and of their memory.
namespace bytepath::intercept {

// One address space: of a process, and of those that share it with it (vfork, CLONE_VM).
struct Memory {
  AddressSpace mappings;
  std::optional<pages::PageTable> page_table;  // opened with its first chosen mapping
  Descriptor userfault;                        // closing it ends what is registered
  std::optional<Error> refusal;                // why there is no userfault
  std::size_t threads = 0;                     // that live in it
  bool is_hidden = false;                      // its process forbids us to look, which was told
};

// A system call that a thread makes for us.
struct Call {
  std::uint64_t number = 0;
  Arguments arguments{};
  std::function<void(std::uint64_t result)> then;  // may add calls to the end of the list
};

// A list of such calls, and how the thread goes on with its own work behind them.
struct Errand {
  Registers resume{};
  std::uint64_t signal_mask = 0;
  std::deque<Call> calls;
  bool in_call = false;
  std::function<void()> done;
};

struct Tracee {
  pid_t thread = 0;
  pid_t process = 0;
  std::shared_ptr<Memory> memory;
  bool has_stopped = false;  // its first stop was seen; before, it cannot be resumed
  bool is_exiting = false;   // runs no code of its own any more
  bool is_execing = false;   // has called execve and may come back from it
  // Those that the program gave to clone(2), where it was made with others; the child finds them in
  // its registers, too.
  std::optional<std::uint64_t> clone_flags;
  std::function<void(Registers& after)> behind_call;  // when the call it is in has returned
  std::unique_ptr<Errand> errand;

  // Must be told when system calls begin and end.
  bool needs_call_stops() const { return behind_call || errand; }
};

}  // namespace bytepath::intercept
