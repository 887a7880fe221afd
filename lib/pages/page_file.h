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

// The pages of a file as this text has them: runs, whose memory follows from what is written, where
// that of a page set follows from a size that anybody may claim. Becomes one where it is used as
// one, which is after its size was found to be that of a file that is there.
class PageRuns {
 public:
  PageRuns() = default;
  explicit PageRuns(std::uint64_t pages) : pages_(pages) {}
  PageRuns(const PageSet& set) : pages_(set.size()), runs_(set.runs()) {}
  operator PageSet() const;

  std::uint64_t size() const { return pages_; }  // pages that the file has
  const std::vector<PageRun>& runs() const { return runs_; }
  // Lies within size(), and behind all runs that are there.
  void append(const PageRun& run) { runs_.push_back(run); }

 private:
  std::uint64_t pages_ = 0;
  std::vector<PageRun> runs_;
};

struct FilePages {
  std::string path;
  std::uint64_t bytes = 0;
  PageRuns pages;
};

std::string to_text(const std::vector<FilePages>& files);

// The largest file that ext4 holds. Its page set takes 512 MiB.
inline constexpr std::uint64_t max_file_bytes = std::uint64_t{16} << 40;
// More than a process can have mapped at a time (vm.max_map_count is 65530).
inline constexpr std::size_t max_files = 100'000;

// Error (usage): not such a file, a newer version, more or larger files than those, a run beyond
// its file's end or out of order; with the line's number. `name` is the file, for the error. Takes
// memory in proportion to the text, whatever it claims.
Result<std::vector<FilePages>> from_text(std::string_view text, std::string_view name);

}  // namespace bytepath::pages
