#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "intercept/filter.h"
#include "intercept/interceptor.h"

// Calls that change which files are mapped where, and make and replace processes.
namespace bytepath::intercept {
namespace {

int descriptor_of(std::uint64_t argument) { return static_cast<int>(argument); }

// Of old_mmap: ebx points to an array of 32-bit numbers, of which the fourth are the flags and the
// fifth is the descriptor (struct mmap_arg_struct32). -1: it maps no file.
int descriptor_in_memory(pid_t thread, const Registers& registers) {
  constexpr std::uint64_t flags_offset = 12;
  errno = 0;
  const auto flags_and_descriptor = static_cast<std::uint64_t>(ptrace(
      PTRACE_PEEKDATA, thread, static_cast<std::uint32_t>(registers.rbx) + flags_offset, nullptr));
  if (errno != 0 || (flags_and_descriptor & MAP_ANONYMOUS) != 0) return -1;
  return descriptor_of(flags_and_descriptor >> 32U);
}

int descriptor_of_foreign_map(pid_t thread, const Registers& registers) {
  if (registers.orig_rax == i386_old_mmap) return descriptor_in_memory(thread, registers);
  // The fifth argument is in r8, of a 32-bit call in edi.
  const bool is_x32 = (registers.orig_rax & x32_bit) != 0;
  return descriptor_of(is_x32 ? registers.r8 : registers.rdi);
}

}  // namespace

void Interceptor::on_map(Tracee& tracee, Registers registers) {
  const std::uint64_t flags = registers.r10;
  const std::uint64_t length = registers.rsi;
  Mappings taken;
  if ((flags & MAP_FIXED) != 0) {
    taken = give_up(tracee, registers.rdi, end_of_pages(registers.rdi, length));
  }
  const int descriptor = descriptor_of(registers.r8);
  const bool is_file = (flags & MAP_ANONYMOUS) == 0 && descriptor >= 0;
  const auto file = is_file ? chosen_file(tracee, descriptor) : nullptr;
  if (!file) {
    restore_unless_done(tracee, std::move(taken));
    return;
  }

  const MapPlan plan =
      plan_map(policy_, {.protection = registers.rdx,
                         .flags = flags,
                         .writable_file = is_open_for_writing(tracee.thread, descriptor)});
  registers.r10 = plan.flags;
  if (plan.flags != flags && !write_registers(tracee.thread, registers)) return;
  tracee.behind_call = [this, &tracee, taken, file, plan, flags, length,
                        offset = registers.r9](Registers& after) {
    after.r10 = flags;
    if (plan.flags != flags) write_registers(tracee.thread, after);
    if (is_error(after.rax)) {
      for (const Mapping& mapping : taken) tracee.memory->mappings.insert(mapping);
      return;
    }
    set_up(tracee, after,
           {.start = after.rax,
            .end = end_of_pages(after.rax, length),
            .offset = offset,
            .file = file,
            .exact = plan.one_fault_a_page},
           plan);
  };
}

void Interceptor::on_foreign_map(const Tracee& tracee, const Registers& registers) {
  const int descriptor = descriptor_of_foreign_map(tracee.thread, registers);
  if (descriptor < 0) return;
  const auto file = chosen_file(tracee, descriptor);
  if (!file) return;
  observer_.lost(*file, tracee.process, "it was mapped by a 32-bit system call");
}

void Interceptor::on_unmap(Tracee& tracee, std::uint64_t start, std::uint64_t length) {
  restore_unless_done(tracee, give_up(tracee, start, end_of_pages(start, length)));
}

void Interceptor::on_remap(Tracee& tracee, const Registers& registers) {
  const Arguments call = arguments_of(registers);  // old address, old and new size, flags, address
  const std::uint64_t start = call[0];
  Mappings taken;
  if ((call[3] & MREMAP_FIXED) != 0) {
    taken = give_up(tracee, call[4], end_of_pages(call[4], call[2]));
  }
  // An old size of 0 leaves a mapping, a shared one, where it is and makes another of its file.
  const bool is_doubled = call[1] == 0;
  const std::uint64_t old_end = end_of_pages(start, is_doubled ? 1 : call[1]);
  const Mappings moved =
      is_doubled ? tracee.memory->mappings.within(start, old_end) : give_up(tracee, start, old_end);
  if (!is_doubled) std::ranges::copy(moved, std::back_inserter(taken));
  if (moved.empty()) {
    restore_unless_done(tracee, std::move(taken));
    return;
  }
  tracee.behind_call = [this, &tracee, taken, moved, call, start, old_end](Registers& after) {
    AddressSpace& mappings = tracee.memory->mappings;
    if (is_error(after.rax)) {
      for (const Mapping& mapping : taken) mappings.insert(mapping);
      return;
    }
    if ((call[3] & MREMAP_DONTUNMAP) != 0) {
      for (const Mapping& mapping : moved) mappings.insert(mapping);
    }
    move(tracee, moved, {.start = start, .end = old_end},
         {.start = after.rax, .end = end_of_pages(after.rax, call[2])});
  };
}

void Interceptor::move(const Tracee& tracee, const Mappings& mappings, const Range& from,
                       const Range& to) {
  AddressSpace& space = tracee.memory->mappings;
  for (Mapping mapping : mappings) {
    // Only what is one mapping can be enlarged: it then shows more of its file.
    const bool is_last = mapping.end == from.end;
    const std::uint64_t size = mapping.end - mapping.start;
    mapping.start = mapping.start - from.start + to.start;
    mapping.end = is_last ? to.end : std::min(to.end, mapping.start + size);
    if (mapping.start >= mapping.end) continue;  // it shrank, and this was cut off
    space.insert(mapping);
    if (!mapping.exact) continue;
    // Moving takes the registration away (there is no UFFD_FEATURE_EVENT_REMAP), growing leaves it.
    const auto registered = register_exact(*tracee.memory, mapping);
    if (registered) continue;
    space.set_inexact(mapping.start, mapping.end);
    tell_lost(tracee, {mapping}, registered.error().message);
  }
}

void Interceptor::on_exec(Tracee& tracee) {
  if (table_.shares_memory(tracee)) return;  // its memory stays
  Tracee* leader = table_.find(tracee.process);
  if (leader != nullptr) leader->is_execing = true;
  tell(tracee, tracee.memory->mappings.all());
  tracee.behind_call = [this, process = tracee.process](Registers& /*after*/) {
    // It failed.
    if (Tracee* back = table_.find(process)) back->is_execing = false;
  };
}

// With CLONE_UNTRACED.
void Interceptor::on_clone(Tracee& tracee, Registers registers) {
  const std::uint64_t flags = registers.rdi;
  registers.rdi &= ~std::uint64_t{CLONE_UNTRACED};
  if (!write_registers(tracee.thread, registers)) return;
  tracee.clone_flags = flags;
  tracee.behind_call = [&tracee](Registers& after) {
    after.rdi = *std::exchange(tracee.clone_flags, std::nullopt);
    write_registers(tracee.thread, after);
  };
}

}  // namespace bytepath::intercept
