#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/text.h"
#include "host/doctor_attempts.h"

// Events are opened disabled and closed again. The first event on an otherwise idle host makes the
// kernel switch perf on and wait for an RCU grace period (about 10 ms); the later ones are free.
namespace bytepath::host {
namespace {

struct Event {
  unsigned type = PERF_TYPE_SOFTWARE;
  std::uint64_t config = PERF_COUNT_SW_TASK_CLOCK;
  bool user_only = false;
  bool sampled = false;
  bool registers = false;
  bool system_wide = false;
};

int open_event(const Event& event) {
  // RCX, RSI, RDI: what rep movs counts and moves (arch/x86/include/uapi/asm/perf_regs.h).
  constexpr std::uint64_t copy_registers = 1U << 2U | 1U << 4U | 1U << 5U;
  perf_event_attr attribute{};
  attribute.size = sizeof attribute;
  attribute.type = event.type;
  attribute.config = event.config;
  attribute.disabled = 1;
  attribute.exclude_kernel = event.user_only ? 1 : 0;
  if (event.sampled) {
    attribute.freq = 1;
    attribute.sample_freq = 99;
    attribute.sample_type = PERF_SAMPLE_IP;
  }
  if (event.registers) {
    attribute.sample_type |= PERF_SAMPLE_REGS_INTR;
    attribute.sample_regs_intr = copy_registers;
  }
  const pid_t process = event.system_wide ? -1 : 0;
  // Any CPU would do; the one that this thread is on is certainly there.
  const int cpu = event.system_wide ? ::sched_getcpu() : -1;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attribute, process, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

Attempt try_event(const Event& event) {
  const Descriptor opened(open_event(event));
  return {.error = opened ? 0 : errno};
}

constexpr Event cycles{.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES};
constexpr Event user_cycles{
    .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .user_only = true};
constexpr Event faults{.config = PERF_COUNT_SW_PAGE_FAULTS};
constexpr Event user_faults{.config = PERF_COUNT_SW_PAGE_FAULTS, .user_only = true};
constexpr Event clock_samples{.config = PERF_COUNT_SW_CPU_CLOCK, .sampled = true};
constexpr Event user_clock_samples{
    .config = PERF_COUNT_SW_CPU_CLOCK, .user_only = true, .sampled = true};
constexpr Event registers{.config = PERF_COUNT_SW_CPU_CLOCK, .sampled = true, .registers = true};
constexpr Event user_registers{
    .config = PERF_COUNT_SW_CPU_CLOCK, .user_only = true, .sampled = true, .registers = true};
constexpr Event everybody{.config = PERF_COUNT_SW_CPU_CLOCK, .system_wide = true};

// A real tracepoint would be switched on by opening it, and closing it waits for an RCU grace
// period (40 to 70 ms measured). An id that no tracepoint has is refused with EINVAL, but only
// after the permission checks.
Attempt try_tracepoint() {
  Attempt attempt = try_event({.type = PERF_TYPE_TRACEPOINT, .config = ~std::uint64_t{0} >> 1U});
  if (attempt.error == EINVAL) attempt.error = 0;
  return attempt;
}

// The time stamp counter as an event of the "msr" source; its type number is given out at boot.
Attempt try_time_stamp_counter() {
  const auto type = parse_unsigned(read_line_or("/sys/bus/event_source/devices/msr/type", ""));
  if (!type) return {.error = ENOENT};
  return try_event({.type = static_cast<unsigned>(*type), .config = 0});
}

// value 1: the kernel lets user code read this counter with the rdpmc instruction.
Attempt try_rdpmc() {
  const Descriptor opened(open_event(user_cycles));
  if (!opened) return {.error = errno};
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* mapped = ::mmap(nullptr, page, PROT_READ, MAP_SHARED, opened.get(), 0);
  if (mapped == MAP_FAILED) return {.error = errno};
  const bool allowed = static_cast<const perf_event_mmap_page*>(mapped)->cap_user_rdpmc != 0;
  ::munmap(mapped, page);
  return {.value = allowed ? 1 : 0};
}

constexpr std::array rows = {
    AttemptRow{"perf.faults", "perf_event_open(page-faults)", [] { return try_event(faults); }},
    AttemptRow{"perf.faults.user", "perf_event_open(page-faults:u)",
               [] { return try_event(user_faults); }},
    AttemptRow{"perf.clock", "perf_event_open(cpu-clock, sampling)",
               [] { return try_event(clock_samples); }},
    AttemptRow{"perf.clock.user", "perf_event_open(cpu-clock:u, sampling)",
               [] { return try_event(user_clock_samples); }},
    AttemptRow{"perf.registers", "perf_event_open(cpu-clock, REGS_INTR)",
               [] { return try_event(registers); }},
    AttemptRow{"perf.registers.user", "perf_event_open(cpu-clock:u, REGS_INTR)",
               [] { return try_event(user_registers); }},
    AttemptRow{"perf.system-wide", "perf_event_open(cpu-clock, every process)",
               [] { return try_event(everybody); }},
    AttemptRow{"perf.cycles", "perf_event_open(cycles)", [] { return try_event(cycles); }},
    AttemptRow{"perf.cycles.user", "perf_event_open(cycles:u)",
               [] { return try_event(user_cycles); }},
    AttemptRow{"perf.tracepoint", "perf_event_open(tracepoint)", try_tracepoint},
    AttemptRow{"perf.tsc", "perf_event_open(msr/tsc/)", try_time_stamp_counter},
    AttemptRow{"perf.rdpmc", "perf_event_open(cycles:u) and mmap", try_rdpmc},
};

}  // namespace

std::span<const AttemptRow> perf_attempts() { return rows; }

}  // namespace bytepath::host
