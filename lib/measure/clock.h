#pragma once
#include <x86intrin.h>

#include <cstdint>
#include <string_view>

namespace bytepath::measure {

// Times stretches of code down to about a hundred nanoseconds.
//
// With an invariant time-stamp counter (CPUID 0x80000007 EDX[8]) a reading is RDTSC between two
// LFENCEs: LFENCE waits until all earlier instructions have completed and lets none start before it
// has (Intel SDM vol. 2, RDTSC and LFENCE; AMD APM vol. 3, RDTSC, with LFENCE serialising as Linux
// sets it), so that neither end of the timed code leaks out. RDTSCP alone would let later
// instructions start early. Without one, CLOCK_MONOTONIC.
class Clock {
 public:
  // Compares the counter with CLOCK_MONOTONIC for about two milliseconds: the error of either end
  // is the time of one reading (30 ns), 0.002 % of that.
  static Clock calibrate();

  std::uint64_t now() const { return counter_ ? counter_now() : monotonic_now(); }
  double nanoseconds(std::uint64_t from, std::uint64_t to) const {
    return static_cast<double>(to - from) * nanoseconds_per_tick_;
  }
  // Nothing between two readings; what every stretch is too long by.
  double overhead_ns() const { return overhead_ns_; }
  double counter_ghz() const { return counter_ ? 1 / nanoseconds_per_tick_ : 0; }
  std::string_view source() const { return counter_ ? "time-stamp counter" : "CLOCK_MONOTONIC"; }

 private:
  static std::uint64_t counter_now() {
    _mm_lfence();
    const std::uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
  }
  static std::uint64_t monotonic_now();

  bool counter_ = false;
  double nanoseconds_per_tick_ = 1;
  double overhead_ns_ = 0;
};

// The core's clock in GHz now, from a chain of dependent multiplications: IMUL r64, r64 takes three
// cycles on every AMD core since Zen and every Intel core since Nehalem (uops.info), whatever runs
// beside it. The fastest of a few short chains, so that an interrupt does not count.
double core_ghz(const Clock& clock);

}  // namespace bytepath::measure
