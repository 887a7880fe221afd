#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/descriptor.h"
#include "base/result.h"
#include "pages/page_set.h"

namespace bytepath::pages {

// A read-only mapping of pages of a file, gone with its owner. Nobody may read through it: the file
// can become shorter at any time, and what lies beyond its end then kills the reader (SIGBUS).
class FileMapping {
 public:
  static Result<FileMapping> map(const Descriptor& file, std::uint64_t first_page,
                                 std::uint64_t pages) {
    const std::size_t size = pages * page_bytes;
    const auto offset = static_cast<off_t>(first_page * page_bytes);
    void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), offset);
    if (at == MAP_FAILED) return fail_errno(errno, "cannot map a file to look at its pages");
    return FileMapping(static_cast<std::byte*>(at), size);
  }
  FileMapping(FileMapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
  FileMapping& operator=(FileMapping&&) = delete;
  ~FileMapping() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  // Where the page of this number within the mapping lies.
  std::byte* page(std::uint64_t number) const { return data_ + number * page_bytes; }

 private:
  FileMapping(std::byte* data, std::size_t size) : data_(data), size_(size) {}
  std::byte* data_;
  std::size_t size_;
};

}  // namespace bytepath::pages
