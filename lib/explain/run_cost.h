#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sampling/hot_code.h"

namespace bytepath::explain {

// Of one system call, per run and over all threads.
struct SystemCallCost {
  std::string name;
  double calls = 0;
  double seconds = 0;  // from its entry to its end, waiting included
};

// What a run of a command costs, on average.
struct RunCost {
  std::string command;
  std::uint64_t runs = 0;     // that were sampled
  double wall = 0;            // seconds
  double cpu = 0;             // seconds of all threads, by getrusage(2)
  double page_faults = 0;     // minor and major
  double blocked = 0;         // times that a thread stopped to wait: voluntary context switches
  double sample_seconds = 0;  // what one sample stands for, in one run
  sampling::HotCode hot;      // of all runs together
  // Nothing where system calls could not be traced.
  std::optional<std::vector<SystemCallCost>> system_calls;
};

}  // namespace bytepath::explain
