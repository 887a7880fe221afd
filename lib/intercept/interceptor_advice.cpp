#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "intercept/interceptor.h"

// Calls by which a program says how it will use its memory and files.
namespace bytepath::intercept {
namespace {

// The buffers that an array of struct iovec in a thread's memory names. Nothing: it cannot be read.
std::optional<std::vector<iovec>> read_buffers(pid_t thread, std::uint64_t address,
                                               std::uint64_t count) {
  if (count > UIO_MAXIOV) return std::nullopt;  // the kernel refuses it, too
  std::vector<iovec> buffers(count);
  const std::size_t bytes = count * sizeof(iovec);
  const iovec here{.iov_base = buffers.data(), .iov_len = bytes};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process
  const iovec there{.iov_base = reinterpret_cast<void*>(address), .iov_len = bytes};
  const ssize_t got = process_vm_readv(thread, &here, 1, &there, 1, 0);
  if (got < 0 || static_cast<std::size_t>(got) != bytes) return std::nullopt;
  return buffers;
}

std::uint64_t start_of(const iovec& buffer) {
  return reinterpret_cast<std::uint64_t>(buffer.iov_base);
}

// PIDFD_SELF_THREAD and PIDFD_SELF_THREAD_GROUP, linux/pidfd.h since 6.14, which changed the
// latter.
bool names_itself(int descriptor) {
  return descriptor == -10000 || descriptor == -10001 || descriptor == -20000;
}

}  // namespace

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

void Interceptor::on_process_advice(Tracee& tracee, const Registers& registers) {
  const auto descriptor = static_cast<int>(registers.rdi);
  const auto named =
      names_itself(descriptor) ? tracee.process : process_named_by(tracee.thread, descriptor);
  // Where it is not known whom it names, a look at its own pages does no harm.
  const Tracee* target = named ? table_.find(*named) : &tracee;
  if (target == nullptr) return;
  const auto buffers = read_buffers(tracee.thread, registers.rsi, registers.rdx);
  const auto advice = static_cast<int>(registers.r10);
  if (drops_pages(advice)) {
    const AddressSpace& mappings = target->memory->mappings;
    if (!buffers) tell(*target, mappings.all());
    for (const iovec& buffer : buffers.value_or(std::vector<iovec>())) {
      const std::uint64_t start = start_of(buffer);
      tell(*target, mappings.within(start, end_of_pages(start, buffer.iov_len)));
    }
    return;
  }
  const bool is_refused = registers.r8 != 0 ||  // flags, of which there are none
                          (target->memory != tracee.memory && !is_for_others(advice));
  if (!overrides_advice(policy_) || !named || !buffers || is_refused) return;
  std::int64_t bytes = 0;
  bool hits = false;
  for (const iovec& buffer : *buffers) {
    bytes += static_cast<std::int64_t>(buffer.iov_len);
    hits = hits || is_chosen(*target, start_of(buffer), buffer.iov_len);
  }
  if (hits) write_registers(tracee.thread, without_call(registers, bytes));
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
