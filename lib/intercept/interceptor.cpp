#include "intercept/interceptor.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <set>
#include <utility>

#include "intercept/filter.h"
#include "intercept/process_status.h"
#include "pages/page_set.h"

namespace bytepath::intercept {

Interceptor::Interceptor(Policy policy, bool look_at_pages, std::uint64_t own_filters,
                         Observer& observer, ProcessTable& table)
    : policy_(policy),
      look_at_pages_(look_at_pages),
      own_filters_(own_filters),
      observer_(observer),
      table_(table),
      files_(observer) {}

void Interceptor::at_call(Tracee& tracee) {
  const auto registers = read_registers(tracee.thread);
  unsigned long marker = 0;
  if (!registers || ptrace(PTRACE_GETEVENTMSG, tracee.thread, nullptr, &marker) != 0) return;
  if (marker == foreign_call) {
    on_foreign_map(tracee, *registers);
    return;
  }
  switch (registers->orig_rax) {
    case SYS_mmap:
      on_map(tracee, *registers);
      break;
    case SYS_munmap:
      on_unmap(tracee, registers->rdi, registers->rsi);
      break;
    case SYS_mremap:
      on_remap(tracee, *registers);
      break;
    case SYS_execve:
    case SYS_execveat:
      on_exec(tracee);
      break;
    case SYS_clone:
      on_clone(tracee, *registers);
      break;
    case SYS_madvise:
      on_memory_advice(tracee, *registers);
      break;
    case SYS_process_madvise:
      on_process_advice(tracee, *registers);
      break;
    case SYS_fadvise64:
    case SYS_readahead:
      on_file_advice(tracee, *registers);
      break;
    case SYS_mlock:
    case SYS_mlock2:
    case SYS_mlockall:
      on_lock(tracee, *registers);
      break;
    default:
      break;
  }
}

void Interceptor::at_end(Tracee& tracee, int status) {
  // Threads of a process that ends touch nothing after this stop, so the last one sees everything.
  // But whether the others of one that is killed stop here is not promised (ptrace(2), SIGKILL),
  // and execve of another thread ends this one without a look at it.
  const Tracee* leader = table_.find(tracee.process);
  const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  const bool is_last = ProcessTable::leave_memory(tracee);
  if (is_last || killed || (leader != nullptr && leader->is_execing)) {
    tell(tracee, tracee.memory->mappings.all());
  }
}

void Interceptor::after_end(Tracee& tracee) {
  if (!ProcessTable::leave_memory(tracee)) return;
  tell_lost(tracee, tracee.memory->mappings.all(), "the process was killed");
}

void Interceptor::tell_all() {
  for (const Tracee* tracee : table_.one_of_each_memory()) {
    tell(*tracee, tracee->memory->mappings.all());
  }
}

std::shared_ptr<const MappedFile> Interceptor::chosen_file(const Tracee& tracee, int descriptor) {
  const auto file = file_of(tracee.thread, descriptor);
  if (!file) {
    tell_hidden(tracee, file.error().message);
    return nullptr;
  }
  const std::optional<MappedFile>& regular = *file;
  return regular ? files_.choose(*regular) : nullptr;
}

void Interceptor::tell_hidden(const Tracee& tracee, const std::string& why) {
  if (std::exchange(tracee.memory->is_hidden, true)) return;
  const MappedFile any{.path = fmt::format("any file that '{}' maps", read_name(tracee.thread))};
  observer_.lost(any, tracee.process, why);
}

Interceptor::Mappings Interceptor::give_up(Tracee& tracee, std::uint64_t start, std::uint64_t end) {
  Mappings taken = tracee.memory->mappings.remove(start, end);
  tell(tracee, taken);
  return taken;
}

void Interceptor::restore_unless_done(Tracee& tracee, Mappings taken) {
  if (taken.empty()) return;
  tracee.behind_call = [memory = tracee.memory, taken = std::move(taken)](Registers& after) {
    if (!is_error(after.rax)) return;
    for (const Mapping& mapping : taken) memory->mappings.insert(mapping);
  };
}

void Interceptor::tell(const Tracee& tracee, const Mappings& mappings) {
  const auto& page_table = tracee.memory->page_table;
  if (!look_at_pages_ || !page_table) return;
  for (const Mapping& mapping : mappings) {
    const std::uint64_t first_page = mapping.offset / pages::page_bytes;
    const auto told = page_table->mapped(
        mapping.start, mapping.end, [&](std::uint64_t first, std::uint64_t count) {
          observer_.pages(*mapping.file, first_page + first, count);
        });
    if (!told) observer_.lost(*mapping.file, tracee.process, told.error().message);
  }
}

void Interceptor::tell_lost(const Tracee& tracee, const Mappings& mappings,
                            const std::string& why) {
  std::set<const MappedFile*> told;
  for (const Mapping& mapping : mappings) {
    if (!look_at_pages_ || !told.insert(mapping.file.get()).second) continue;
    observer_.lost(*mapping.file, tracee.process, why);
  }
}

}  // namespace bytepath::intercept
