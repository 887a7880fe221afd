#include "copies/exact_cost.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstring>

#include "copies/deciding_jumps.h"
#include "host/libc_copy_path.h"
#include "measure/pages.h"

namespace bytepath::copies {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t copies_a_round = 2000;
constexpr int rounds = 5;
constexpr std::size_t offset = 64;  // fast on every host

// Called through a variable, so that the compiler leaves it a call of the C library.
void* (*volatile const copy_bytes)(void*, const void*, std::size_t) = std::memcpy;

double time_round(std::byte* destination, const std::byte* source, std::size_t bytes) {
  const auto begin = Clock::now();
  for (std::uint64_t i = 0; i < copies_a_round; ++i) copy_bytes(destination, source, bytes);
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count() /
         static_cast<double>(copies_a_round);
}

// The first size that surely goes by rep movsb.
std::size_t known_size(const host::SizeWindow& window) {
  constexpr std::uint64_t usual = 4096;
  return static_cast<std::size_t>(std::clamp(usual, window.first, window.last));
}

Result<> check_counts(const trace::ExactCopies& counted, std::uint64_t calls, std::size_t bytes) {
  std::uint64_t seen = 0;
  std::uint64_t seen_bytes = 0;
  for (const trace::ExactCopy& each : counted.copies) {
    if (each.copy.offset != offset || each.copy.size_class != std::bit_width(bytes) - 1) continue;
    seen += each.count.calls;
    seen_bytes += each.count.bytes;
  }
  if (seen == calls && seen_bytes == calls * bytes) return {};
  return fail(ErrorKind::failed,
              fmt::format("of {} copies of {} bytes the exact count has {}", calls, bytes, seen),
              "its numbers are not to be relied on; the samples are not concerned");
}

}  // namespace

Result<ExactCost> measure_exact_cost() {
  BYTEPATH_TRY(libc, host::read_own_libc());
  if (!libc.rep_movsb_window)
    return fail(ErrorKind::unsupported, "this process's C library does not copy by rep movsb");
  BYTEPATH_TRY(points, libc_probe_points(libc, libc.path));
  const std::size_t bytes = known_size(*libc.rep_movsb_window);
  BYTEPATH_TRY(source, measure::Pages::map(bytes + measure::page_size));
  BYTEPATH_TRY(destination, measure::Pages::map(bytes + 2 * measure::page_size));
  std::byte* const to = destination.data() + offset;
  double without = 0;
  double with = 0;
  std::uint64_t calls = 0;
  for (int round = 0; round < rounds; ++round) {
    const double bare = time_round(to, source.data(), bytes);
    BYTEPATH_TRY(counter, trace::CopyCounter::start({.process = ::getpid()}, true, points));
    const double probed = time_round(to, source.data(), bytes);
    counter->stop();
    if (auto right = check_counts(counter->read(), copies_a_round, bytes); !right)
      return std::unexpected(right.error());
    without = round == 0 ? bare : std::min(without, bare);
    with = round == 0 ? probed : std::min(with, probed);
    calls += copies_a_round;
  }
  return ExactCost{.per_copy_ns = std::max(0.0, with - without), .copies = calls};
}

}  // namespace bytepath::copies
