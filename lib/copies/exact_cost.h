#pragma once
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "trace/copy_counter.h"

// What counting copies one by one costs each of them, and whether it counts right.
namespace bytepath::copies {

struct ExactCost {
  double per_copy_ns = 0;  // more that a counted copy takes; of this process, alone
  std::uint64_t copies = 0;
};

// Copies a known number of times in this process, with its own libc, with the probes and without,
// in turns. Errors: what CopyCounter refuses; unsupported where this process's libc has no rep
// movsb to come by; failed where another number, size or distance was counted than was copied.
Result<ExactCost> measure_exact_cost();

}  // namespace bytepath::copies
