#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// A list of what a start reads, in the order in which it does: what a mount can fetch before it is
// asked. A text with one range a line, "path offset length", in bytes; the path is below the root
// of the mount, begins with "/" and may hold spaces. Empty lines and those that begin with "#" say
// nothing.
namespace bytepath::mounts {

struct FileRange {
  // For the length of lists that name whole files.
  static constexpr std::uint64_t to_the_end = UINT64_MAX;

  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  bool operator==(const FileRange&) const = default;
};

// `name` is the file, for the error (usage), which has the number of the line that is wrong.
Result<std::vector<FileRange>> ranges_from_text(std::string_view text, std::string_view name);
Result<std::vector<FileRange>> read_ranges(const std::string& path);

// The caller has no path with a line break: such a file cannot be named in this form.
std::string ranges_text(std::span<const FileRange> ranges);

}  // namespace bytepath::mounts
