#pragma once
#include <linux/perf_event.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "trace/perf_events.h"

// What perf says of page faults without BPF: three software events, and the thread's sleeps.
namespace bytepath::trace {

// One of the moments that a fault is made of.
struct FaultStep {
  enum class Kind { begin, minor_end, major_end, slept };
  Kind kind = Kind::begin;
  bool from_kernel = false;
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
  std::uint64_t time_ns = 0;
  std::uint64_t address = 0;
  std::uint64_t instruction = 0;
};

// Events that PerfEvents opens, in the order of the first kinds of FaultStep. user_only leaves out
// what the kernel touches for the program, as ordinary users must.
std::array<PerfEventKind, 3> fault_events(bool user_only);

// What a record of these events says, before its id is known to be one of them.
struct FaultRecord {
  std::uint64_t event_id = 0;  // 0: of a sleep
  FaultStep step;
};

// nullopt: another type of record, a thread that was only preempted, or a size that cannot be.
// Bounds-checked: `record` is what a kernel wrote, its header included, or a fuzzer.
std::optional<FaultRecord> parse_fault_record(std::span<const std::byte> record);

}  // namespace bytepath::trace
