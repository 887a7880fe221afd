#include "trace/fault_programs.h"

#include <unistd.h>

#include <cstdint>

#include "libbpf/libbpf.h"
#include "trace/pid_namespace.h"

namespace bytepath::trace {
namespace {

void configure(fault_tracer_bpf& skeleton, const TracerOptions& options, int ring) {
  skeleton.rodata->root_process = static_cast<std::uint32_t>(options.process);
  skeleton.rodata->pid_namespace = own_pid_namespace();
  bpf_map__reuse_fd(skeleton.maps.ring, ring);
}

}  // namespace

std::vector<OptionalProgram> optional_programs(fault_tracer_bpf& skeleton,
                                               const TracerOptions& options) {
  auto& programs = skeleton.progs;
  auto& links = skeleton.links;
  constexpr const char* calls =
      "the time of mmap, madvise, mlock, fadvise, readahead and read, and what munmap and mremap "
      "change";
  return {
      {programs.begin_kernel_fault, &links.begin_kernel_fault, "page_fault_kernel",
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
      {programs.leave_call, &links.leave_call, "sys_exit", calls, options.calls}};
}

Result<Skeleton<fault_tracer_bpf>> load_fault_programs(const TracerOptions& options, int ring,
                                                       std::vector<MissingPart>& missing) {
  auto loaded = load_softly<fault_tracer_bpf>(
      "fault_tracer", [&](fault_tracer_bpf& skeleton) { configure(skeleton, options, ring); },
      [&](fault_tracer_bpf& skeleton) { return optional_programs(skeleton, options); }, missing);
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
  if (auto library = libbpf::available(); !library) return library.error();
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
