#include "trace/copy_census.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

namespace bytepath::trace {
namespace {

CopyAmount sum(CopyAmount all, const CopyAmount& more) {
  return {.calls = all.calls + more.calls, .bytes = all.bytes + more.bytes};
}

void set_name(ProcessCopies& copies, const bytepath_copy_process& named) {
  copies.process = static_cast<pid_t>(named.number);
  copies.name.assign(named.name, ::strnlen(named.name, sizeof named.name));
}

}  // namespace

std::uint64_t ProcessCopies::bytes_between(std::uint32_t first, std::uint32_t last) const {
  return std::transform_reduce(
      offsets.begin(), offsets.end(), std::uint64_t{0}, std::plus(), [&](const CopyOffset& each) {
        return each.offset >= first && each.offset <= last ? each.amount.bytes : 0;
      });
}

std::uint64_t CopyCensus::bytes() const { return bytes_between(0, BYTEPATH_COPY_OFFSETS - 1); }

std::uint64_t CopyCensus::bytes_between(std::uint32_t first, std::uint32_t last) const {
  return std::transform_reduce(
      processes.begin(), processes.end(), std::uint64_t{0}, std::plus(),
      [&](const ProcessCopies& each) { return each.bytes_between(first, last); });
}

std::vector<ProcessCopies> copies_by_process(
    std::span<const CopyRecord> records,
    const std::map<std::uint32_t, bytepath_copy_process>& names) {
  std::map<std::pair<std::uint32_t, std::uint16_t>, ProcessCopies> found;
  for (const auto& [key, counts] : records) {
    if (key.way >= bytepath_copy_ways || key.offset >= BYTEPATH_COPY_OFFSETS) continue;
    auto& copies = found[{key.process, key.way}];
    const CopyAmount amount{.calls = counts.calls, .bytes = counts.bytes};
    copies.way = key.way == bytepath_copy_read ? CopyWay::read : CopyWay::write;
    copies.all = sum(copies.all, amount);
    copies.offsets.push_back({.offset = key.offset, .amount = amount});
    if (const auto named = names.find(key.process); named != names.end())
      set_name(copies, named->second);
  }
  std::vector<ProcessCopies> all;
  for (auto& [key, copies] : found) {
    std::ranges::stable_sort(copies.offsets, std::greater(),
                             [](const CopyOffset& each) { return each.amount.bytes; });
    all.push_back(std::move(copies));
  }
  std::ranges::stable_sort(all, std::greater(),
                           [](const ProcessCopies& each) { return each.all.bytes; });
  return all;
}

}  // namespace bytepath::trace
