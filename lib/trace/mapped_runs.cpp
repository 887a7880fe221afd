#include "trace/mapped_runs.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace bytepath::trace {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t word_pages = 64;
constexpr std::uint64_t block_bytes = std::uint64_t{1} << bytepath_block_shift;

// Bits [first, last) of a word.
constexpr std::uint64_t bits(std::uint64_t first, std::uint64_t last) {
  const std::uint64_t below =
      last == word_pages ? ~std::uint64_t{0} : (std::uint64_t{1} << last) - 1;
  return first == word_pages ? 0 : below >> first << first;
}

}  // namespace

void MappedRuns::add(std::uint64_t address, const bytepath_page_table_block& block) {
  const std::uint64_t first = std::max(address, start_);
  const std::uint64_t last = std::min(address + block_bytes, end_);
  if (first >= last) return;
  switch (block.state) {
    case bytepath_block_small:
      return add_small(address, block);
    case bytepath_block_huge:
      return add_run({.first = (first - start_) / page,
                      .count = (last - first) / page,
                      .accessed = block.accessed[0] != 0,
                      .huge = true});
    case bytepath_block_unreadable:
      counts_.unreadable += (last - first) / page;
      return;
    default:
      return;
  }
}

void MappedRuns::add_small(std::uint64_t address, const bytepath_page_table_block& block) {
  for (std::size_t word = 0; word < std::size(block.mapped); ++word) {
    const std::uint64_t begin = address + word * word_pages * page;
    const std::uint64_t end = begin + word_pages * page;
    if (end <= start_ || begin >= end_) continue;
    const std::uint64_t first = begin < start_ ? (start_ - begin) / page : 0;
    const std::uint64_t last = end > end_ ? (end_ - begin) / page : word_pages;
    const std::uint64_t mapped = block.mapped[word] & bits(first, last);
    // Where the range begins within this word, its first bits are of pages before the range.
    const std::uint64_t skipped = begin < start_ ? first : 0;
    const std::uint64_t first_page = begin < start_ ? 0 : (begin - start_) / page;
    add_word(first_page, mapped >> skipped, (mapped & block.accessed[word]) >> skipped);
  }
}

void MappedRuns::add_word(std::uint64_t first_page, std::uint64_t mapped, std::uint64_t accessed) {
  while (mapped != 0) {
    const auto at = static_cast<unsigned>(std::countr_zero(mapped));
    const bool touched = (accessed >> at & 1) != 0;
    const std::uint64_t alike = touched ? accessed : mapped & ~accessed;
    const auto count = static_cast<unsigned>(std::countr_one(alike >> at));
    add_run({.first = first_page + at, .count = count, .accessed = touched});
    mapped &= ~bits(at, at + count);
  }
}

void MappedRuns::add_run(const MappedRun& run) {
  counts_.present += run.count;
  if (run.accessed) counts_.accessed += run.count;
  if (run.huge) counts_.huge += run.count;
  const bool joins = last_.count != 0 && last_.first + last_.count == run.first &&
                     last_.accessed == run.accessed && last_.huge == run.huge;
  if (joins) {
    last_.count += run.count;
    return;
  }
  if (last_.count != 0) found_(last_);
  last_ = run;
}

WalkCounts MappedRuns::finish() {
  if (last_.count != 0) found_(last_);
  last_ = {};
  return counts_;
}

}  // namespace bytepath::trace
