#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "support/temporary_folder.h"
#include "trace/mapping_table.h"

namespace bytepath::test {

// A file on the disk of the temporary folder, whose share of the page cache the test governs.
class CachedFile {
 public:
  static constexpr std::uint64_t page_bytes = 4096;

  explicit CachedFile(std::uint64_t pages) : pages_(pages), path_(folder_.at("weights")) {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    const std::vector<char> piece(std::size_t{1} << 20, 'w');
    for (std::uint64_t left = bytes(); left > 0;) {
      const ssize_t count =
          ::write(file, piece.data(), std::min<std::uint64_t>(left, piece.size()));
      if (count <= 0) break;
      left -= static_cast<std::uint64_t>(count);
    }
    struct stat status{};
    ::fstat(file, &status);
    id_ = {.device = status.st_dev, .inode = status.st_ino};
    ::fsync(file);
    ::close(file);
  }

  std::uint64_t bytes() const { return pages_ * page_bytes; }
  std::uint64_t pages() const { return pages_; }
  const std::string& path() const { return path_; }
  const trace::FileId& id() const { return id_; }

  // False: it stays, as on a tmpfs.
  bool drop() const {
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    ::fdatasync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
    return cached() == 0;
  }

  // Pages of it in the page cache.
  std::uint64_t cached() const {
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    void* const base = ::mmap(nullptr, bytes(), PROT_READ, MAP_SHARED, file, 0);
    std::vector<unsigned char> there(pages_);
    ::mincore(base, bytes(), there.data());
    ::munmap(base, bytes());
    ::close(file);
    return static_cast<std::uint64_t>(
        std::ranges::count_if(there, [](unsigned char page) { return (page & 1U) != 0; }));
  }

 private:
  TemporaryFolder folder_;
  std::uint64_t pages_;
  std::string path_;
  trace::FileId id_;
};

}  // namespace bytepath::test
