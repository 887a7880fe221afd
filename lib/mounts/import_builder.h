#pragma once
#include <map>
#include <string>
#include <string_view>

#include "mounts/mount_trace.h"

namespace bytepath::mounts {

// Makes a trace of a mount out of reads that somebody else logged.
class ImportBuilder {
 public:
  static constexpr std::uint64_t device = 1;
  // One read of more than this is none. Its requests are smaller than 4 GiB, since their size is a
  // number of 32 bits.
  static constexpr std::uint64_t most_bytes = std::uint64_t{64} << 30U;

  // The number of the file of that path below the root of the mount.
  std::uint64_t file(std::string_view path);
  // The file has at least so many bytes.
  void grow(std::uint64_t inode, std::uint64_t bytes);

  struct Read {
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t begin_ns = 0;  // of any clock
    std::uint64_t end_ns = 0;
    std::uint32_t process = 0;
    std::int32_t error = 0;
  };
  // Returns the place of its first request. The caller has checked it with is_possible().
  std::size_t add(const Read& read);
  static bool is_possible(const Read& read);

  Request& request(std::size_t place) { return trace_.requests[place]; }
  std::vector<Request>& requests() { return trace_.requests; }
  std::vector<File>& files() { return trace_.files; }

  // `type` is that of the mount. The trace's clock begins with the first read.
  MountTrace take(std::string_view type);

 private:
  MountTrace trace_;
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
};

}  // namespace bytepath::mounts
