#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "chunks/request_tiers.h"
#include "mounts/mount_trace.h"
#include "result/document.h"

namespace bytepath::chunks {

enum class ReportBy { summary, path, chunk, process, tier };

struct ReportOptions {
  std::string subject;               // the trace's file, or what was recorded
  std::uint64_t grid = 512U << 10U;  // bytes of a chunk of the tables and the heat map
  ReportBy by = ReportBy::summary;   // what is listed whole, and not only its largest
  std::vector<TierName> tiers;
};

// `chunk-probe report`: what a recorded trace says.
result::Document report_document(const mounts::MountTrace& trace, const ReportOptions& options);

}  // namespace bytepath::chunks
