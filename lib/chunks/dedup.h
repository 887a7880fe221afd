#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "chunks/chunk_counts.h"
#include "result/document.h"

namespace bytepath::chunks {

struct DedupOptions {
  std::vector<std::string> images;
  std::vector<std::uint64_t> grids;     // bytes of a chunk, ascending
  std::size_t most_chunks = 4'000'000;  // remembered of each grid
};

// `chunk-probe dedup`: reads each image once. A pipe works as well as a file or a block device.
// Tables "grids" and "images"; metrics by grid. Stops when progress, which counts MiB, says so, and
// the document is then not complete. Errors: an image cannot be opened (usage) or read (failed).
Result<result::Document> dedup(const DedupOptions& options, const Progress& progress);

}  // namespace bytepath::chunks
