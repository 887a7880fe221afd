#include "syscalls/difference.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace bytepath::syscalls {
namespace {

constexpr double nanoseconds_in_second = 1e9;

struct PerRun {
  double calls = 0;
  double seconds = 0;
};

PerRun per_run(const trace::SyscallTotal& total, std::uint64_t runs) {
  if (runs == 0) return {};
  const auto count = static_cast<double>(runs);
  return {.calls = static_cast<double>(total.calls) / count,
          .seconds = static_cast<double>(total.total_ns) / nanoseconds_in_second / count};
}

}  // namespace

std::vector<SyscallDifference> compare_syscalls(const SyscallSide& a, const SyscallSide& b) {
  std::map<std::uint32_t, SyscallDifference> by_number;
  for (const auto& total : a.totals) {
    auto& difference = by_number[total.number];
    const PerRun each = per_run(total, a.runs);
    difference.name = total.name;
    difference.calls_a = each.calls;
    difference.seconds_a = each.seconds;
  }
  for (const auto& total : b.totals) {
    auto& difference = by_number[total.number];
    const PerRun each = per_run(total, b.runs);
    difference.name = total.name;
    difference.calls_b = each.calls;
    difference.seconds_b = each.seconds;
  }
  std::vector<SyscallDifference> all;
  for (auto& [number, difference] : by_number) all.push_back(std::move(difference));
  std::ranges::stable_sort(all, std::greater(), [](const SyscallDifference& each) {
    return std::abs(each.seconds_b - each.seconds_a);
  });
  return all;
}

}  // namespace bytepath::syscalls
