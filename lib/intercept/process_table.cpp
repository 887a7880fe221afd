#include "intercept/process_table.h"

#include <linux/sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace bytepath::intercept {
namespace {

// arch/x86/entry/syscalls/syscall_32.tbl, and the code segment of 32-bit programs (__USER32_CS).
constexpr std::uint64_t i386_vfork = 190;
constexpr std::uint64_t i386_clone = 120;
constexpr std::uint64_t i386_code_segment = 0x23;

// clone3(2): the flags are the first member of struct clone_args.
std::uint64_t flags_in_memory(pid_t thread, std::uint64_t address) {
  errno = 0;
  const long flags = ptrace(PTRACE_PEEKDATA, thread, address, nullptr);
  return errno == 0 ? static_cast<std::uint64_t>(flags) : 0;
}

}  // namespace

Kinship kinship_of(std::uint64_t clone_flags) {
  if ((clone_flags & CLONE_THREAD) != 0) return Kinship::thread;
  return (clone_flags & CLONE_VM) != 0 ? Kinship::shares_memory : Kinship::copies_memory;
}

Kinship kinship_made_by(pid_t thread) {
  const auto registers = read_registers(thread);
  if (!registers) return Kinship::copies_memory;
  const bool is_32_bit = registers->cs == i386_code_segment;
  switch (registers->orig_rax) {
    case SYS_clone:
      return kinship_of(registers->rdi);
    case SYS_clone3:
      return kinship_of(flags_in_memory(thread, is_32_bit ? registers->rbx : registers->rdi));
    case SYS_vfork:
    case i386_vfork:
      return Kinship::shares_memory;
    case i386_clone:
      return kinship_of(registers->rbx);
    default:
      return Kinship::copies_memory;
  }
}

Tracee* ProcessTable::find(pid_t thread) {
  const auto at = tracees_.find(thread);
  return at == tracees_.end() ? nullptr : &at->second;
}

Tracee& ProcessTable::add(pid_t thread, pid_t process, std::shared_ptr<Memory> memory) {
  ++memory->threads;
  Tracee& tracee = tracees_[thread];
  tracee.thread = thread;
  tracee.process = process;
  tracee.memory = std::move(memory);
  return tracee;
}

Tracee& ProcessTable::add_first(pid_t process) {
  return add(process, process, std::make_shared<Memory>());
}

Tracee& ProcessTable::add_child(const Tracee& parent, pid_t thread, Kinship kinship) {
  if (kinship == Kinship::thread) return add(thread, parent.process, parent.memory);
  if (kinship == Kinship::shares_memory) return add(thread, thread, parent.memory);
  auto copy = std::make_shared<Memory>();
  copy->mappings = parent.memory->mappings;
  return add(thread, thread, std::move(copy));
}

Tracee& ProcessTable::exec(pid_t process, pid_t former_thread) {
  std::vector<pid_t> gone;
  for (const auto& [thread, tracee] : tracees_) {
    if (tracee.process == process || thread == former_thread) gone.push_back(thread);
  }
  for (const pid_t thread : gone) remove(thread);
  Tracee& tracee = add_first(process);
  tracee.has_stopped = true;
  return tracee;
}

bool ProcessTable::leave_memory(Tracee& tracee) {
  if (std::exchange(tracee.is_exiting, true)) return false;
  tracee.behind_call = nullptr;
  tracee.errand.reset();
  return --tracee.memory->threads == 0;
}

void ProcessTable::remove(pid_t thread) {
  const auto at = tracees_.find(thread);
  if (at == tracees_.end()) return;
  leave_memory(at->second);
  tracees_.erase(at);
}

bool ProcessTable::shares_memory(const Tracee& tracee) const {
  return std::ranges::any_of(tracees_, [&](const auto& each) {
    const Tracee& other = each.second;
    return other.memory == tracee.memory && other.process != tracee.process && !other.is_exiting;
  });
}

std::set<pid_t> ProcessTable::processes() const {
  std::set<pid_t> found;
  for (const auto& [thread, tracee] : tracees_) found.insert(tracee.process);
  return found;
}

std::vector<Tracee*> ProcessTable::one_of_each_memory() {
  std::set<const Memory*> seen;
  std::vector<Tracee*> found;
  for (auto& [thread, tracee] : tracees_) {
    if (!tracee.is_exiting && seen.insert(tracee.memory.get()).second) found.push_back(&tracee);
  }
  return found;
}

}  // namespace bytepath::intercept
