#include "copy/workbench.h"

#include <algorithm>

#include "kernels/verify.h"

namespace bytepath::copy {
namespace {

using measure::page_size;

// A copy of `size` bytes that begins anywhere in a page, with a page before and after it.
std::size_t stride(std::uint64_t size) {
  return (size + 2 * page_size - 1) / page_size * page_size + 2 * page_size;
}

}  // namespace

Result<Workbench> Workbench::open(std::uint64_t largest, const std::string& directory) {
  Workbench bench;
  const std::size_t bytes = std::max(syscall_bytes, stride(largest));
  BYTEPATH_TRY(source, measure::Pages::map(bytes));
  BYTEPATH_TRY(destination, measure::Pages::map(bytes));
  bench.source_ = std::move(source);
  bench.destination_ = std::move(destination);
  bench.directory_ = directory;
  bench.kernels_ = kernels::all();
  for (std::size_t i = 0; i < bench.kernels_.size(); ++i) {
    bench.states_.emplace_back(nullptr, [](void*) {});
  }
  return bench;
}

std::size_t Workbench::index(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::find(kernels_, name, &kernels::Kernel::name) -
                                  kernels_.begin());
}

std::size_t Workbench::arena_bytes(std::size_t kernel) const {
  return kernels_[kernel].family == kernels::Family::syscall ? syscall_bytes : source_.size();
}

Result<> Workbench::prepare(std::size_t kernel) {
  const kernels::Kernel& row = kernels_[kernel];
  if (!row.unavailable.empty()) return fail(ErrorKind::unsupported, row.unavailable);
  const kernels::Arena arena{.source = source_.data(),
                             .destination = destination_.data(),
                             .size = arena_bytes(kernel),
                             .directory = directory_};
  if (row.open != nullptr) {
    BYTEPATH_TRY(state, row.open(row, arena));
    states_[kernel] = std::move(state);
  }
  // An unaligned place and one on a page's begin; 4800 bytes are more than a page and a multiple of
  // every granule.
  constexpr std::size_t checked_size = 4800;
  for (const std::size_t at : {std::size_t{0}, std::size_t{8}}) {
    if (auto right = kernels::verify(row, states_[kernel].get(), arena, page_size + at,
                                     page_size + 3 * at, checked_size);
        !right) {
      return right;
    }
  }
  return {};
}

bool Workbench::fits(std::size_t kernel, std::uint64_t size) const {
  const kernels::Kernel& row = kernels_[kernel];
  return size > 0 && size % row.granule == 0 && size <= row.max_size &&
         stride(size) <= arena_bytes(kernel);
}

Workbench::Place Workbench::place(const CopyCell& cell, std::size_t round) const {
  const std::size_t step = stride(cell.size);
  const std::size_t slots = std::min(pairs, arena_bytes(cell.kernel) / step);
  const std::size_t pair = cell.pair >= 0 ? static_cast<std::size_t>(cell.pair) : round;
  // The destination's slot moves on by one more after each turn of the source's, so that further
  // rounds see further pairs.
  const std::size_t from = pair % slots;
  const std::size_t to = (pair * 5 + pair / slots) % slots;
  const auto begin = kernels::place(kernels_[cell.kernel], cell.offset);
  return {.destination = destination_.data() + to * step + page_size +
                         (begin.destination + cell.source_offset) % page_size,
          .source = source_.data() + from * step + page_size + begin.source + cell.source_offset};
}

std::vector<measure::CellSamples> Workbench::time(const std::vector<CopyCell>& cells,
                                                  std::size_t rounds, RunLimits& limits,
                                                  std::string_view what) const {
  if (limits.over()) return std::vector<measure::CellSamples>(cells.size());
  std::vector<measure::Cell> work;
  work.reserve(cells.size());
  for (const CopyCell& cell : cells) {
    work.push_back({[this, cell](std::size_t round, std::size_t times) {
      const Place at = place(cell, round);
      return kernels_[cell.kernel].repeat(states_[cell.kernel].get(), at.destination, at.source,
                                          cell.size, times);
    }});
  }
  auto result = measure::run_rounds(
      clock_, work, {.rounds = rounds, .seed = limits.seed, .deadline = limits.deadline},
      limits.progress, what);
  limits.interrupted = limits.interrupted || result.interrupted;
  return std::move(result.cells);
}

}  // namespace bytepath::copy
