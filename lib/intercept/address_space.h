#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "intercept/intercept.h"

namespace bytepath::intercept {

// [start, end) in a process shows the file from `offset` on. In bytes, multiples of a page.
struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;
  std::shared_ptr<const MappedFile> file;
  bool exact = false;  // made so that its mapped pages are the touched ones
};

// Which addresses of a process show chosen files. Pure.
class AddressSpace {
 public:
  bool empty() const { return mappings_.empty(); }
  // Replaces what was there. An empty mapping, or one that wraps around, is none.
  void insert(const Mapping& mapping);
  // The mappings, and parts of mappings, that lie in [start, end).
  std::vector<Mapping> within(std::uint64_t start, std::uint64_t end) const;
  // Takes them out and returns them.
  std::vector<Mapping> remove(std::uint64_t start, std::uint64_t end);
  std::vector<Mapping> all() const;
  // What lies in [start, end) could not be made exact.
  void set_inexact(std::uint64_t start, std::uint64_t end);

 private:
  std::map<std::uint64_t, Mapping> mappings_;  // by start; they do not overlap
};

// [start, start + length) rounded up to whole pages, as munmap(2) and the like do: its end. `start`
// when the kernel would refuse it: not at the start of a page, empty, or beyond the end of
// addresses.
std::uint64_t end_of_pages(std::uint64_t start, std::uint64_t length);

}  // namespace bytepath::intercept
