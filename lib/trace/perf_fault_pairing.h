#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "trace/fault_event.h"
#include "trace/perf_fault_record.h"

namespace bytepath::trace {

// Makes faults of their beginnings and ends. A thread is in one fault at a time: the kernel's
// handler touches no user memory that is not there.
class FaultPairing {
 public:
  // From all rings, in any order.
  void add(const FaultStep& step) { steps_.push_back(step); }

  // Appends the faults that ended until then, in the order of their ends. What is later waits,
  // because a thread may go to another CPU within a fault, whose ring was read before.
  void pair_until(std::uint64_t time_ns, std::vector<bytepath_fault>& to);

  // Nothing more comes: counts the faults that are still open.
  void finish();

  // Ends without a beginning.
  std::uint64_t unpaired() const { return unpaired_; }
  // Beginnings without an end: the access was refused, or the fault was given up for a signal and
  // made again.
  std::uint64_t unresolved() const { return unresolved_; }

 private:
  struct OpenFault {
    FaultStep begin;
    std::uint32_t switches = 0;
  };
  void begin(const FaultStep& step);
  void end(const FaultStep& step, std::vector<bytepath_fault>& to);

  std::vector<FaultStep> steps_;
  std::unordered_map<std::uint32_t, OpenFault> open_;  // by thread
  std::uint64_t unpaired_ = 0;
  std::uint64_t unresolved_ = 0;
};

}  // namespace bytepath::trace
