#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <deque>
#include <utility>

#include "intercept/errand.h"
#include "intercept/interceptor.h"
#include "intercept/process_status.h"
#include "intercept/touch_registration.h"

// What is done to a mapping before its program sees it.
namespace bytepath::intercept {

struct Interceptor::Mapped {
  pid_t process;
  std::shared_ptr<Memory> memory;
  Mapping mapping;
  Result<> advised;
};

Result<> Interceptor::may_run_errands(const Tracee& tracee) const {
  const auto filters = read_filter_count(tracee.thread);
  if (!filters) {
    return fail(ErrorKind::failed,
                fmt::format("cannot read the state of thread {}: it may have a seccomp filter of "
                            "its own, which might end it for our calls",
                            tracee.thread));
  }
  if (*filters <= own_filters_) return {};
  return fail(ErrorKind::unsupported,
              "the program has a seccomp filter of its own, which might end it for our calls",
              "switch its sandbox off");
}

void Interceptor::open_page_table(const Tracee& tracee) {
  Memory& memory = *tracee.memory;
  if (!look_at_pages_ || memory.page_table) return;
  auto opened = pages::PageTable::open(tracee.thread);
  if (opened) {
    memory.page_table = *std::move(opened);
  } else {
    tell_lost(tracee, memory.mappings.all(), opened.error().message);
  }
}

Call Interceptor::userfault_call(Tracee& tracee) {
  return {.number = SYS_userfaultfd,
          .arguments = userfault_arguments(),
          .then = [&tracee](std::uint64_t result) {
            Memory& memory = *tracee.memory;
            if (is_error(result)) {
              memory.refusal = userfault_refusal(error_of(result));
              return;
            }
            tracee.errand->calls.push_back({.number = SYS_close, .arguments = {result}});
            if (memory.userfault) return;  // another thread's was here first
            auto copy = copy_descriptor(tracee.thread, tracee.process, static_cast<int>(result));
            const auto enabled = copy ? enable_write_protect_async(*copy) : Result<>{};
            if (!copy) {
              memory.refusal = std::move(copy).error();
            } else if (!enabled) {
              memory.refusal = enabled.error();
            } else {
              memory.userfault = *std::move(copy);
            }
          }};
}

Result<> Interceptor::register_exact(const Memory& memory, const Mapping& mapping) {
  if (!memory.userfault) {
    return std::unexpected(memory.refusal.value_or(Error{.message = "there is no userfaultfd"}));
  }
  return register_pages(memory.userfault, mapping.start, mapping.end);
}

void Interceptor::set_up(Tracee& tracee, const Registers& after, const Mapping& mapping,
                         const MapPlan& plan) {
  tracee.memory->mappings.insert(mapping);
  open_page_table(tracee);
  auto mapped = std::make_shared<Mapped>(Mapped{
      .process = tracee.process, .memory = tracee.memory, .mapping = mapping, .advised = {}});
  std::deque<Call> calls;
  const std::uint64_t length = mapping.end - mapping.start;
  const auto add = [&](std::uint64_t number, std::uint64_t argument, const char* what) {
    calls.push_back({.number = number,
                     .arguments = {mapping.start, length, argument},
                     .then = [mapped, what](std::uint64_t result) {
                       // A kernel without huge pages refuses MADV_NOHUGEPAGE as unknown.
                       if (error_of(result) == EINVAL && mapped->mapping.exact) return;
                       if (!is_error(result)) return;
                       mapped->advised = fail_errno(error_of(result), "cannot {}", what);
                     }});
  };
  for (const int advice : plan.advice) {
    add(SYS_madvise, static_cast<std::uint64_t>(advice), "advise the kernel on a mapping");
  }
  if (plan.lock_on_fault) add(SYS_mlock2, MLOCK_ONFAULT, "lock a mapping");
  if (mapping.exact && !tracee.memory->userfault) calls.push_back(userfault_call(tracee));
  if (calls.empty()) {
    finish_set_up(*mapped);
    return;
  }

  auto begun = may_run_errands(tracee);
  if (begun) {
    begun =
        start_errand(tracee, after, std::move(calls), [this, mapped] { finish_set_up(*mapped); });
  }
  if (begun) return;
  mapped->advised = begun;
  finish_set_up(*mapped);
}

void Interceptor::finish_set_up(const Mapped& mapped) {
  const Mapping& mapping = mapped.mapping;
  Result<> applied = mapped.advised;
  if (applied && mapping.exact) applied = register_exact(*mapped.memory, mapping);
  if (!applied) mapped.memory->mappings.set_inexact(mapping.start, mapping.end);
  observer_.mapped(*mapping.file, mapped.process, mapping.offset, mapping.end - mapping.start,
                   applied);
}

void Interceptor::at_birth(Tracee& tracee) {
  // Most processes that are forked map no such file, or soon exec: a descriptor for each would be
  // more than we may have.
  if (tracee.memory->mappings.empty()) return;
  open_page_table(tracee);
  Mappings exact;
  for (const Mapping& mapping : tracee.memory->mappings.all()) {
    if (mapping.exact) exact.push_back(mapping);
  }
  if (exact.empty()) return;
  const auto done = [this, &tracee, exact] {
    for (const Mapping& mapping : exact) {
      const auto registered = register_exact(*tracee.memory, mapping);
      // MADV_DONTFORK keeps a mapping from the child.
      if (registered || shows_file(tracee.thread, mapping.start, *mapping.file) == false) continue;
      tracee.memory->mappings.set_inexact(mapping.start, mapping.end);
      tell_lost(tracee, {mapping}, registered.error().message);
    }
  };
  const auto registers = read_registers(tracee.thread);
  if (!registers) return;
  auto begun = may_run_errands(tracee);
  if (begun) begun = start_errand(tracee, *registers, {userfault_call(tracee)}, done);
  if (!begun) tell_lost(tracee, exact, begun.error().message);
}

}  // namespace bytepath::intercept
