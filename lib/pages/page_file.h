#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pages/page_set.h"

// The file that fault-probe writes page sets to and reads them from. Text, so that awk and diff can
// read it:
//
//   bytepath-pages 1
//   page-bytes 4096
//   file 9663676416 /models/moe.gguf       (bytes, then the path up to the end of the line)
//   81920 16                                (first page, number of pages; ascending, not adjacent)
//   file ...
//
// A line feed or backslash in a path is written as \n, \\. Every line ends with a line feed, so
// that a file that was cut off within a number is noticed.
namespace bytepath::pages {

struct FilePages {
  std::string path;
  std::uint64_t bytes = 0;
  PageSet pages;
};

std::string to_text(const std::vector<FilePages>& files);

// The largest file that ext4 holds. Its page set takes 512 MiB.
inline constexpr std::uint64_t max_file_bytes = std::uint64_t{16} << 40;

// Error (usage): not such a file, a newer version, a run beyond its file's end or out of order;
// with the line's number. `name` is the file, for the error. Files that have more than max_bytes
// together are refused before memory is taken for them, since a few characters can claim any size.
Result<std::vector<FilePages>> from_text(std::string_view text, std::string_view name,
                                         std::uint64_t max_bytes = max_file_bytes);

}  // namespace bytepath::pages
