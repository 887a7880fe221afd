#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>

#include "intercept/interceptor.h"

// Calls by which a program says how it will use its memory and files.
namespace bytepath::intercept {

bool Interceptor::is_chosen(const Tracee& tracee, std::uint64_t start, std::uint64_t length) const {
  const auto hit = tracee.memory->mappings.within(start, end_of_pages(start, length));
  if (look_at_pages_) return !hit.empty();
  // Unmapping is not seen then, so that something else may be there by now.
  return std::ranges::any_of(hit, [&](const Mapping& mapping) {
    return shows_file(tracee.thread, mapping.start, *mapping.file).value_or(false);
  });
}

void Interceptor::on_memory_advice(const Tracee& tracee, const Registers& registers) {
  const std::uint64_t start = registers.rdi;
  const std::uint64_t length = registers.rsi;
  if (drops_pages(static_cast<int>(registers.rdx))) {
    tell(tracee, tracee.memory->mappings.within(start, end_of_pages(start, length)));
  } else if (overrides_advice(policy_) && is_chosen(tracee, start, length)) {
    write_registers(tracee.thread, without_call(registers, 0));
  }
}

void Interceptor::on_file_advice(const Tracee& tracee, const Registers& registers) {
  if (!overrides_advice(policy_)) return;
  if (!chosen_file(tracee, static_cast<int>(registers.rdi))) return;
  write_registers(tracee.thread, without_call(registers, 0));
}

void Interceptor::on_lock(Tracee& tracee, Registers registers) {
  if (!locks_on_fault(policy_)) return;
  const bool locks_all = registers.orig_rax == SYS_mlockall;
  if (!locks_all && !is_chosen(tracee, registers.rdi, registers.rsi)) return;
  const Arguments before = arguments_of(registers);
  if (locks_all) {
    registers.rdi |= MCL_ONFAULT;
  } else {
    registers.rdx = MLOCK_ONFAULT | (registers.orig_rax == SYS_mlock2 ? registers.rdx : 0);
    registers.orig_rax = SYS_mlock2;
  }
  if (!write_registers(tracee.thread, registers)) return;
  tracee.behind_call = [thread = tracee.thread, before](Registers& after) {
    set_arguments(after, before);
    write_registers(thread, after);
  };
}

}  // namespace bytepath::intercept
