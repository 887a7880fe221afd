#include "trace/fault_programs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <bitset>
#include <cstdint>
#include <utility>

namespace bytepath::trace {
namespace {

using Chosen = std::bitset<optional_count>;

// PROC_PID_INIT_INO, include/linux/proc_ns.h: the number of the first PID namespace, where BPF's
// own numbers are right.
constexpr ino_t initial_pid_namespace = 0xEFFFFFFC;

std::uint32_t own_pid_namespace() {
  struct stat status{};
  if (::stat("/proc/self/ns/pid", &status) != 0 || status.st_ino == initial_pid_namespace) return 0;
  return static_cast<std::uint32_t>(status.st_ino);
}

void configure(fault_tracer_bpf& skeleton, const TracerOptions& options, int ring,
               const Chosen& chosen) {
  skeleton.rodata->root_process = static_cast<std::uint32_t>(options.process);
  skeleton.rodata->pid_namespace = own_pid_namespace();
  bpf_map__reuse_fd(skeleton.maps.ring, ring);
  const auto programs = optional_programs(skeleton, options);
  for (std::size_t i = 0; i < programs.size(); ++i)
    bpf_program__set_autoload(programs[i].program, programs[i].wanted && chosen[i]);
}

}  // namespace

std::array<OptionalProgram, optional_count> optional_programs(fault_tracer_bpf& skeleton,
                                                              const TracerOptions& options) {
  auto& programs = skeleton.progs;
  auto& links = skeleton.links;
  constexpr const char* calls =
      "the time of mmap, madvise, mlock, fadvise, readahead and read, and what munmap and mremap "
      "change";
  return {
      {{programs.begin_kernel_fault, &links.begin_kernel_fault, "page_fault_kernel",
        "faults that system calls make on the program's memory", true},
       {programs.follow_child, &links.follow_child, "sched_process_fork", "child processes", true},
       {programs.forget_process, &links.forget_process, "sched_process_exit",
        "the end of processes: a new one with the number of an old one is traced too", true},
       {programs.add_to_page_cache, &links.add_to_page_cache, "mm_filemap_add_to_page_cache",
        "what comes into the page cache, and so which faults read from the disk",
        options.page_cache},
       {programs.send_fuse_request, &links.send_fuse_request, "fuse_request_send",
        "which faults wait for a FUSE file system", true},
       {programs.enter_call, &links.enter_call, "sys_enter", calls, options.calls},
       {programs.leave_call, &links.leave_call, "sys_exit", calls, options.calls}}};
}

void lack(std::vector<MissingPart>& missing, const OptionalProgram& program, std::string reason) {
  if (!missing.empty() && missing.back().what == program.missing) return;  // both of the calls
  missing.push_back({.what = program.missing,
                     .reason = std::move(reason),
                     .remedy = "a newer kernel, with the module loaded before where it is one"});
}

// Where a kernel refuses one of the programs, the error does not tell which: then they are tried
// one after the other.
Result<Skeleton<fault_tracer_bpf>> load_fault_programs(const TracerOptions& options, int ring,
                                                       std::vector<MissingPart>& missing) {
  const auto attempt = [&](const Chosen& chosen) {
    return load<fault_tracer_bpf>("fault_tracer", [&](fault_tracer_bpf& skeleton) {
      configure(skeleton, options, ring, chosen);
    });
  };
  auto loaded = attempt(Chosen().set());
  if (!loaded && loaded.error().kind != ErrorKind::denied) {
    Chosen chosen;
    loaded = attempt(chosen);
    for (std::size_t i = 0; loaded && i < chosen.size(); ++i) {
      const auto optional = optional_programs(**loaded, options)[i];
      if (!optional.wanted) continue;
      if (auto more = attempt(chosen.set(i)); more) {
        loaded = std::move(more);
      } else {
        chosen.reset(i);
        lack(missing, optional, more.error().message);
      }
    }
  }
  if (!loaded) return std::unexpected(explain(loaded.error()));
  return loaded;
}

void trace_root(fault_tracer_bpf& skeleton) {
  if (skeleton.rodata->pid_namespace == 0)
    skeleton.data->root_tgid = skeleton.rodata->root_process;
  else
    skeleton.bss->finding_root = 1;
}

Error explain(Error error) {
  if (error.kind == ErrorKind::denied) return error;
  error.hint = without_bpf;
  if (::access("/sys/kernel/btf/vmlinux", R_OK) != 0)
    error = {.kind = ErrorKind::unsupported,
             .message =
                 "this kernel shows no types of its own for BPF programs "
                 "(/sys/kernel/btf/vmlinux, CONFIG_DEBUG_INFO_BTF)",
             .hint = without_bpf};
  else if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_PERF_EVENT, BPF_FUNC_task_storage_get, nullptr) ==
           0)
    error = {
        .kind = ErrorKind::unsupported,
        .message = "this kernel has no storage for BPF programs that trace threads (Linux 5.12)",
        .hint = without_bpf};
  return error;
}

}  // namespace bytepath::trace
