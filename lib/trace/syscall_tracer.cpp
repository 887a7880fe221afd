#include "trace/syscall_tracer.h"

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "libbpf/libbpf.h"
#include "trace/bpf_session.h"
#include "trace/own_types.h"
// The skeleton names the types of syscall_counts.h.
#include "syscall_times.skel.h"

namespace bytepath::trace {

struct SyscallTracer::Session {
  Skeleton<syscall_times_bpf> skeleton;
  std::span<bytepath_cpu_syscalls> cpus;  // the map, shared with the kernel

  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (!cpus.empty()) ::munmap(cpus.data(), cpus.size_bytes());
  }
};

namespace {

static_assert(sizeof(bytepath_cpu_syscalls) % 8 == 0, "the kernel rounds the entries of an array");

Result<std::span<bytepath_cpu_syscalls>> map_counts(const syscall_times_bpf& skeleton) {
  const std::size_t count = bpf_map__max_entries(skeleton.maps.cpus);
  void* const memory =
      ::mmap(nullptr, count * sizeof(bytepath_cpu_syscalls), PROT_READ | PROT_WRITE, MAP_SHARED,
             bpf_map__fd(skeleton.maps.cpus), 0);
  if (memory == MAP_FAILED) return fail_errno(errno, "cannot map the counts of system calls");
  return std::span(static_cast<bytepath_cpu_syscalls*>(memory), count);
}

}  // namespace

SyscallTracer::SyscallTracer(std::unique_ptr<Session> session) : session_(std::move(session)) {}
SyscallTracer::SyscallTracer(SyscallTracer&&) noexcept = default;
SyscallTracer& SyscallTracer::operator=(SyscallTracer&&) noexcept = default;
SyscallTracer::~SyscallTracer() = default;

Result<SyscallTracer> SyscallTracer::open(const TracedTree& tree) {
  if (auto library = libbpf::available(); !library) return std::unexpected(library.error());
  const int possible_cpus = libbpf_num_possible_cpus();
  if (possible_cpus < 1)
    return fail_errno(-possible_cpus, "cannot tell how many CPUs there may be");
  auto loaded = load<syscall_times_bpf>("syscall_times", [&](syscall_times_bpf& skeleton) {
    choose_tree(skeleton, tree);
    bpf_map__set_max_entries(skeleton.maps.cpus, static_cast<std::uint32_t>(possible_cpus));
  });
  if (!loaded) return std::unexpected(explain_types(loaded.error()));
  auto session = std::make_unique<Session>();
  session->skeleton = std::move(*loaded);
  BYTEPATH_TRY(cpus, map_counts(*session->skeleton));
  session->cpus = cpus;
  const LibbpfLog log;
  if (const int error = syscall_times_bpf::attach(session->skeleton.get()))
    return fail_errno(-error, "cannot attach to the tracepoints of system calls");
  begin_tree(*session->skeleton, tree);
  return SyscallTracer(std::move(session));
}

std::vector<SyscallTotal> SyscallTracer::totals() const { return add_up_syscalls(session_->cpus); }

SyscallLosses SyscallTracer::losses() const {
  auto losses = add_up_losses(session_->cpus);
  losses.processes = session_->skeleton->bss->lost_processes;
  return losses;
}

void SyscallTracer::reset() {
  for (auto& part : session_->cpus) {
    const auto rows = std::min<std::size_t>(part.rows_used + 1, BYTEPATH_OCTAVE_ROWS);
    std::memset(part.times, 0, rows * sizeof part.times[0]);
    std::memset(&part, 0, offsetof(bytepath_cpu_syscalls, times));
  }
  session_->skeleton->bss->lost_processes = 0;
}

}  // namespace bytepath::trace
