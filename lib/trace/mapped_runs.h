#pragma once
#include <cstdint>
#include <functional>

#include "trace/page_table_block.h"
#include "trace/page_table_walk.h"

namespace bytepath::trace {

// Turns the blocks of a page table walk into runs of pages, joined across blocks.
class MappedRuns {
 public:
  // [start, end): the addresses asked for; both at page boundaries.
  MappedRuns(std::uint64_t start, std::uint64_t end,
             const std::function<void(const MappedRun&)>& found)
      : start_(start), end_(end), found_(found) {}

  // Blocks come ascending. address: where the block begins; what of it lies outside of
  // [start, end) does not count.
  void add(std::uint64_t address, const bytepath_page_table_block& block);
  // Hands the last run over.
  WalkCounts finish();

 private:
  void add_small(std::uint64_t address, const bytepath_page_table_block& block);
  void add_word(std::uint64_t first_page, std::uint64_t mapped, std::uint64_t accessed);
  void add_run(const MappedRun& run);

  std::uint64_t start_;
  std::uint64_t end_;
  const std::function<void(const MappedRun&)>& found_;
  MappedRun last_;
  WalkCounts counts_;
};

}  // namespace bytepath::trace
