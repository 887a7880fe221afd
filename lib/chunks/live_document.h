#pragma once
#include <vector>

#include "chunks/live_line.h"
#include "result/document.h"

namespace bytepath::chunks {

// What `chunk-probe live` leaves: a table and series of the intervals.
result::Document live_document(const std::string& mount, const std::vector<LiveFigures>& intervals,
                               const mounts::Losses& losses);

}  // namespace bytepath::chunks
