#include "trace/syscall_totals.h"

#include <algorithm>
#include <array>

#include "trace/syscall_names.h"

namespace bytepath::trace {
namespace {

using Buckets = std::array<std::uint64_t, HISTOGRAM_BUCKETS>;
constexpr std::size_t octaves = HISTOGRAM_BUCKETS / BYTEPATH_OCTAVE_BUCKETS;

void add_times(const bytepath_cpu_syscalls& part, const bytepath_syscall_counts& counts,
               Buckets& buckets) {
  for (std::size_t octave = 0; octave < octaves; ++octave) {
    const std::size_t row = counts.rows[octave];
    if (row == 0 || row >= BYTEPATH_OCTAVE_ROWS) continue;
    for (std::size_t i = 0; i < BYTEPATH_OCTAVE_BUCKETS; ++i)
      buckets.at(octave * BYTEPATH_OCTAVE_BUCKETS + i) += part.times[row][i];
  }
}

SyscallTotal total_of(std::uint32_t number, std::span<const bytepath_cpu_syscalls> cpus) {
  SyscallTotal total{.number = number};
  std::uint64_t results = 0;
  for (const auto& part : cpus) {
    const auto& counts = part.calls[number];
    total.calls += counts.returned + counts.unreturned;
    total.unreturned += counts.unreturned;
    total.errors += counts.errors;
    total.total_ns += counts.total_ns;
    total.max_ns = std::max<std::uint64_t>(total.max_ns, counts.most_ns);
    results += counts.results;
  }
  if (total.calls == 0) return total;
  Buckets buckets{};
  for (const auto& part : cpus) add_times(part, part.calls[number], buckets);
  total.name = syscall_name(number);
  if (moves_bytes(number)) total.bytes = results;
  const auto latency = stats::Histogram::from(buckets);
  // Of the sum and the greatest the program knows more than the buckets do.
  total.latency = stats::Histogram::from(latency.counts(), total.total_ns, latency.min(),
                                         std::max(total.max_ns, latency.min()))
                      .value_or(latency);
  return total;
}

}  // namespace

std::vector<SyscallTotal> add_up_syscalls(std::span<const bytepath_cpu_syscalls> cpus) {
  std::vector<SyscallTotal> totals;
  for (std::uint32_t number = 0; number < BYTEPATH_SYSCALLS; ++number) {
    if (auto total = total_of(number, cpus); total.calls > 0) totals.push_back(std::move(total));
  }
  return totals;
}

void add_totals(std::vector<SyscallTotal>& all, std::span<const SyscallTotal> more) {
  for (const auto& total : more) {
    const auto place = std::ranges::lower_bound(all, total.number, {}, &SyscallTotal::number);
    if (place == all.end() || place->number != total.number) {
      all.insert(place, total);
      continue;
    }
    place->calls += total.calls;
    place->unreturned += total.unreturned;
    place->errors += total.errors;
    place->total_ns += total.total_ns;
    place->max_ns = std::max(place->max_ns, total.max_ns);
    place->bytes += total.bytes;
    place->latency.add(total.latency);
  }
}

void add_losses(SyscallLosses& all, const SyscallLosses& more) {
  all.calls += more.calls;
  all.times += more.times;
  all.processes += more.processes;
  all.unpaired += more.unpaired;
  all.compat += more.compat;
}

SyscallLosses add_up_losses(std::span<const bytepath_cpu_syscalls> cpus) {
  SyscallLosses losses;
  for (const auto& part : cpus) {
    losses.calls += part.lost_calls;
    losses.times += part.lost_times;
    losses.unpaired += part.unpaired_calls;
    losses.compat += part.compat_calls;
  }
  return losses;
}

}  // namespace bytepath::trace
