#include "trace/access_programs.h"

#include <algorithm>
#include <string_view>

#include "trace/own_types.h"
#include "trace/pid_namespace.h"

namespace bytepath::trace {
namespace {

// Nothing can be told without it.
struct NeededProgram {
  bpf_program* program;
  bpf_link** link;
  const char* tracepoint;
  bool wanted;
};

std::vector<NeededProgram> needed_programs(access_tracer_bpf& skeleton, const AccessUse& use) {
  auto& programs = skeleton.progs;
  auto& links = skeleton.links;
  return {{programs.end_block, &links.end_block, "block_io_done", true},
          {programs.start_block, &links.start_block, "block_io_start", true},
          {programs.switch_thread, &links.switch_thread, "sched_switch", true},
          {programs.add_pages, &links.add_pages, "mm_filemap_add_to_page_cache", true},
          {programs.leave_read, &links.leave_read, "sys_exit", !use.own},
          {programs.enter_read, &links.enter_read, "sys_enter", !use.own},
          {programs.begin_user_fault, &links.begin_user_fault, "page_fault_user", !use.own}};
}

std::vector<OptionalProgram> optional_programs(access_tracer_bpf& skeleton, const AccessUse& use) {
  auto& programs = skeleton.progs;
  auto& links = skeleton.links;
  constexpr const char* requests = "which accesses ask a FUSE daemon (Linux 6.12)";
  constexpr const char* daemons =
      "whether a FUSE daemon has what it answers in the page cache (Linux 6.10)";
  return {
      {programs.end_fuse, &links.end_fuse, "fuse_request_end", requests, true},
      {programs.send_fuse, &links.send_fuse, "fuse_request_send", requests, true},
      {programs.read_pages, &links.read_pages, "mm_filemap_get_pages", daemons, use.daemons},
      {programs.fault_page, &links.fault_page, "mm_filemap_fault",
       use.own ? daemons : "which page faults are on files (Linux 6.10)", use.daemons || !use.own},
      {programs.map_pages, &links.map_pages, "mm_filemap_map_pages",
       use.own ? daemons : "which page faults are on files (Linux 6.10)", use.daemons || !use.own},
      {programs.begin_kernel_fault, &links.begin_kernel_fault, "page_fault_kernel",
       "faults that system calls make on the program's memory", !use.own},
      {programs.follow_child, &links.follow_child, "sched_process_fork", "child processes", true},
      {programs.forget_process, &links.forget_process, "sched_process_exit",
       "the end of processes: a new one with the number of an old one is traced too", true}};
}

void configure(access_tracer_bpf& skeleton, const AccessUse& use) {
  auto& constants = *skeleton.rodata;
  constants.root_process = static_cast<std::uint32_t>(use.root);
  constants.pid_namespace = own_pid_namespace();
  constants.is_own = use.own;
  constants.leave_out_root = use.without_root;
  for (const auto& each : needed_programs(skeleton, use))
    bpf_program__set_autoload(each.program, each.wanted);
  bpf_program__set_autoload(skeleton.progs.end_minor_fault, !use.own);
  bpf_program__set_autoload(skeleton.progs.end_major_fault, !use.own);
}

Result<> attach_needed(const NeededProgram& needed) {
  if (!needed.wanted) return {};
  *needed.link = bpf_program__attach(needed.program);
  if (*needed.link != nullptr) return {};
  const int error = errno;
  if (error == ENOENT)
    return fail(ErrorKind::unsupported,
                fmt::format("this kernel does not tell what accesses to files wait for: it has no "
                            "tracepoint {}",
                            needed.tracepoint),
                "Linux 6.5 or newer");
  return fail_errno(error, "cannot attach to the tracepoint {}", needed.tracepoint);
}

}  // namespace

Result<Skeleton<access_tracer_bpf>> attach_access_programs(const AccessUse& use,
                                                           std::vector<MissingPart>& missing) {
  auto loaded = load_softly<access_tracer_bpf>(
      "access_tracer", [&](access_tracer_bpf& skeleton) { configure(skeleton, use); },
      [&](access_tracer_bpf& skeleton) { return optional_programs(skeleton, use); }, missing);
  if (!loaded) return std::unexpected(explain_types(loaded.error()));
  auto& skeleton = **loaded;
  const LibbpfLog log;
  for (const auto& each : optional_programs(skeleton, use)) attach_optional(each, missing);
  for (const auto& each : needed_programs(skeleton, use)) {
    if (auto attached = attach_needed(each); !attached) return std::unexpected(attached.error());
  }
  return loaded;
}

AccessLosses losses_of(const access_tracer_bpf& skeleton) {
  const auto& counts = *skeleton.bss;
  return {.threads = counts.lost_threads,
          .requests = counts.lost_requests,
          .unpaired = counts.unpaired,
          .unresolved = counts.unresolved};
}

}  // namespace bytepath::trace
