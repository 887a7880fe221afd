#pragma once
#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace bytepath::chase {

// What pages the memory is asked for in. A hypervisor may back even huge ones with small ones.
enum class PageKind { small, transparent_huge, huge };

std::string_view name(PageKind kind);  // "4k", "thp", "hugetlb"
Result<PageKind> page_kind(std::string_view name);

// Memory of zeros, all of it written, that begins at a multiple of 2 MiB.
class Arena {
 public:
  // Errors: unsupported: no pages of that kind are to be had; failed: no memory.
  static Result<Arena> map(std::size_t size, PageKind kind);
  Arena() = default;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  ~Arena();

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  // How much of it is in huge pages, by /proc/self/smaps.
  std::size_t huge_bytes() const;

 private:
  std::byte* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// The bytes of huge pages (AnonHugePages, Private_Hugetlb) of the mappings that overlap
// [begin, end) in the text of /proc/PID/smaps.
std::size_t huge_bytes_of(std::string_view smaps, std::size_t begin, std::size_t end);

}  // namespace bytepath::chase
