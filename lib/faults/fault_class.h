#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "trace/fault_event.h"

namespace bytepath::faults {

// What happened in a fault. The kernel's "major" and "minor" are the wrong split: a fault that
// sleeps until readahead in flight has its page counts as minor (90 % of the stall of a cold model
// on Linux 6.18), and on FUSE nearly all of those that wait for the daemon do.
enum class FaultClass : std::uint8_t {
  cache_hit,       // the page was in the page cache before the run
  readahead_hit,   // it came into the cache during the run, before this fault
  readahead_wait,  // its read was in flight, begun before: slept without reading anything itself
  disk_read,       // put pages into the page cache itself: read them, or made the readahead do so
  fuse_request,    // sent a request to a FUSE daemon
  other_wait,      // slept for something else: a lock of the address space, memory, its turn
  minor,           // a tracer without causes (perf): minor, it did not sleep
  major,           // the same: major
};
inline constexpr std::size_t fault_class_count = 8;
inline constexpr std::array all_fault_classes = {
    FaultClass::cache_hit, FaultClass::readahead_hit, FaultClass::readahead_wait,
    FaultClass::disk_read, FaultClass::fuse_request,  FaultClass::other_wait,
    FaultClass::minor,     FaultClass::major};

// "cache-hit", ...: in tables and labels.
std::string_view name(FaultClass fault_class);

// What is known of the page before the fault.
enum class PageBefore { unknown, cached_before_run, came_during_run };

// knows_causes: FaultTracer::classifies().
FaultClass classify(const bytepath_fault& fault, bool knows_causes, PageBefore page);

// Counts and time of faults by class.
struct ClassTotals {
  std::array<std::uint64_t, fault_class_count> faults{};
  std::array<std::uint64_t, fault_class_count> ns{};

  void add(FaultClass fault_class, std::uint64_t duration_ns) {
    ++faults[static_cast<std::size_t>(fault_class)];
    ns[static_cast<std::size_t>(fault_class)] += duration_ns;
  }
  void add(const ClassTotals& other) {
    for (std::size_t i = 0; i < fault_class_count; ++i) {
      faults[i] += other.faults[i];
      ns[i] += other.ns[i];
    }
  }
  std::uint64_t all_faults() const {
    std::uint64_t sum = 0;
    for (const auto count : faults) sum += count;
    return sum;
  }
  std::uint64_t all_ns() const {
    std::uint64_t sum = 0;
    for (const auto time : ns) sum += time;
    return sum;
  }
};

}  // namespace bytepath::faults
