#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bytepath::pages {

// The unit of everything here, whatever the folio or page table entry behind it: x86-64's page.
inline constexpr std::uint64_t page_bytes = 4096;

constexpr std::uint64_t pages_of(std::uint64_t bytes) {
  return bytes / page_bytes + (bytes % page_bytes != 0);
}

// [first, first + count) of a file, in pages.
struct PageRun {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool operator==(const PageRun&) const = default;
};

// Which pages of one file: a bit for each, so that its memory is known beforehand (a 32768th of the
// file's size) and does not grow with what happens to the file.
class PageSet {
 public:
  PageSet() = default;
  explicit PageSet(std::uint64_t pages);

  std::uint64_t size() const { return pages_; }  // pages that the file has
  // What lies beyond size() is ignored. Returns how many of the pages are new.
  std::uint64_t insert(std::uint64_t first, std::uint64_t count = 1);
  // Adds all of other, whose size may differ. Returns how many pages are new.
  std::uint64_t insert(const PageSet& other);
  bool contains(std::uint64_t page) const;
  std::uint64_t count() const { return count_; }
  std::uint64_t count(std::uint64_t first, std::uint64_t count) const;  // within the range
  std::vector<PageRun> runs() const;  // ascending, as long as possible

 private:
  std::uint64_t pages_ = 0;
  std::uint64_t count_ = 0;
  std::vector<std::uint64_t> words_;
};

// Bytes of [offset, offset + size) that lie in pages of the set: a tensor that begins within a page
// has that part of it only.
std::uint64_t bytes_in(const PageSet& set, std::uint64_t offset, std::uint64_t size);

}  // namespace bytepath::pages
