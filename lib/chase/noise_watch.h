#pragma once
#include <sys/resource.h>

#include <optional>

#include "base/root.h"
#include "host/noise.h"

namespace bytepath::chase {

// What else the machine did while we measured.
struct Noise {
  std::optional<double> steal_percent;    // of the time in which a CPU wanted to run
  std::optional<double> foreign_seconds;  // of CPU time that was not ours
  long preempted = 0;                     // how often this process had to make room
  double own_seconds = 0;
};

class NoiseWatch {
 public:
  NoiseWatch();
  Noise until_now() const;

 private:
  std::optional<host::CpuTimes> before_;
  rusage own_before_{};
};

}  // namespace bytepath::chase
