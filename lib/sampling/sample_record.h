#pragma once
#include <linux/perf_event.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trace/perf_events.h"

// Where a thread was, at moments that a clock chooses (perf_event_open(2), PERF_RECORD_SAMPLE).
namespace bytepath::sampling {

// The registers at the interrupt that a string instruction works with: bits of
// arch/x86/include/uapi/asm/perf_regs.h.
struct StringRegisters {
  std::uint64_t count = 0;        // rcx: what is left to do
  std::uint64_t source = 0;       // rsi
  std::uint64_t destination = 0;  // rdi
};

struct Sample {
  std::uint64_t event_id = 0;
  std::uint64_t address = 0;
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
  std::uint64_t time_ns = 0;
  bool kernel = false;
  std::optional<StringRegisters> registers;
  // Return addresses, the innermost first, without `address` itself. User frames are found by the
  // frame pointer, which most code of distributions does not keep.
  std::vector<std::uint64_t> kernel_callers;
  std::vector<std::uint64_t> user_callers;
};

enum class SampleClock { cycles, cpu_clock };

struct SampleEvent {
  SampleClock clock = SampleClock::cpu_clock;
  bool user_only = false;     // the kernel's half needs CAP_PERFMON or perf_event_paranoid <= 1
  bool user_callers = false;  // for stacks
};

// The event that is opened: `rate` samples a second of a thread that runs.
trace::PerfEventKind sample_event(const SampleEvent& event, unsigned rate);

// Beside it, a sample of every `period` page faults: the instruction that faulted. The kernel
// enters and leaves a fault with interrupts off, so that a clock's interrupt waits until that
// instruction is begun again, and only this event tells that the time there was the fault's.
trace::PerfEventKind fault_event(bool user_only, unsigned period);

// What a record of such an event says.
struct SampleRecord {
  std::optional<Sample> sample;
  bool throttled = false;  // the kernel left samples out because they were too many
};

// nullopt: another type of record, or lengths that cannot be. Bounds-checked: `record` is what a
// kernel wrote, its header included, or a fuzzer.
std::optional<SampleRecord> parse_sample_record(std::span<const std::byte> record);

}  // namespace bytepath::sampling
