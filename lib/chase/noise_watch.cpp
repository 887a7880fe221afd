#include "chase/noise_watch.h"

#include <unistd.h>

#include <algorithm>

namespace bytepath::chase {
namespace {

rusage own_usage() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage;
}

double seconds(const rusage& usage) {
  constexpr double microsecond = 1e-6;
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         microsecond * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

}  // namespace

NoiseWatch::NoiseWatch() : before_(host::read_cpu_times({})), own_before_(own_usage()) {}

Noise NoiseWatch::until_now() const {
  const rusage own = own_usage();
  Noise noise{.preempted = own.ru_nivcsw - own_before_.ru_nivcsw,
              .own_seconds = seconds(own) - seconds(own_before_)};
  const auto now = host::read_cpu_times({});
  if (!before_ || !now) return noise;
  constexpr double percent = 100;
  if (const auto share = host::steal_share(*before_, *now)) noise.steal_percent = percent * *share;
  const long ticks = ::sysconf(_SC_CLK_TCK);
  if (ticks > 0 && now->busy >= before_->busy) {
    const double busy = static_cast<double>(now->busy - before_->busy) / static_cast<double>(ticks);
    noise.foreign_seconds = std::max(0.0, busy - noise.own_seconds);
  }
  return noise;
}

}  // namespace bytepath::chase
