#include "measure/clock.h"

#include <cpuid.h>

#include <algorithm>
#include <ctime>
#include <limits>

namespace bytepath::measure {
namespace {

bool has_invariant_counter() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned leaf = 0x80000007;  // advanced power management
  constexpr unsigned invariant_tsc = 1U << 8;
  return __get_cpuid(leaf, &eax, &ebx, &ecx, &edx) != 0 && (edx & invariant_tsc) != 0;
}

}  // namespace

std::uint64_t Clock::monotonic_now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

Clock Clock::calibrate() {
  Clock clock;
  if (has_invariant_counter()) {
    constexpr std::uint64_t window_ns = 2'000'000;
    const std::uint64_t start_ns = monotonic_now();
    const std::uint64_t start = counter_now();
    std::uint64_t end_ns = start_ns;
    while (end_ns - start_ns < window_ns) end_ns = monotonic_now();
    const std::uint64_t end = counter_now();
    clock.counter_ = end > start;
    if (clock.counter_) {
      clock.nanoseconds_per_tick_ =
          static_cast<double>(end_ns - start_ns) / static_cast<double>(end - start);
    }
  }
  clock.overhead_ns_ = std::numeric_limits<double>::max();
  for (int i = 0; i < 64; ++i) {
    const std::uint64_t from = clock.now();
    clock.overhead_ns_ = std::min(clock.overhead_ns_, clock.nanoseconds(from, clock.now()));
  }
  return clock;
}

double core_ghz(const Clock& clock) {
  constexpr int chains = 16;
  constexpr int multiplications = 3000;
  constexpr double cycles_each = 3;
  double best = 0;
  for (int chain = 0; chain < chains; ++chain) {
    std::uint64_t value = 3;
    const std::uint64_t from = clock.now();
    for (int i = 0; i < multiplications / 5; ++i) {
      asm volatile("imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0"
                   : "+r"(value));
    }
    const double ns = clock.nanoseconds(from, clock.now()) - clock.overhead_ns();
    if (ns > 0) best = std::max(best, multiplications * cycles_each / ns);
  }
  return best;
}

}  // namespace bytepath::measure
