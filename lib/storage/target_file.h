#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::storage {

struct TargetRequest {
  std::string path;
  std::uint64_t block = 4096;         // bytes of an access
  std::optional<std::uint64_t> size;  // of the part that is read, from its begin; none: see below
  bool direct = false;                // past the page cache (O_DIRECT)
};

// What a page that is missing comes from, where nothing tells it of the single access.
enum class Behind { block_device, fuse, other };

// A file or block device whose accesses are timed.
struct TargetFile {
  std::string path;
  Descriptor file;
  std::uint64_t bytes = 0;   // of all of it
  std::uint64_t region = 0;  // of the part that is read, a multiple of the block
  bool direct = false;
  std::uint32_t file_type = 0;  // S_IFREG or S_IFBLK
  std::string file_system;      // "ext4", "fuse.lazyfs"; of a block device "device"
  Behind behind = Behind::other;
};

// Without a size a part of this size is read, or all of what is smaller.
inline constexpr std::uint64_t usual_region = std::uint64_t{256} << 20;

// Opens it and checks all that the request says of it. Errors: usage (not there, no file, a size
// beyond its end), denied, unsupported (too small; no O_DIRECT here).
Result<TargetFile> open_target(const TargetRequest& request);

}  // namespace bytepath::storage
