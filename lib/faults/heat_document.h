#pragma once
#include <span>

#include "faults/heat.h"
#include "faults/heat_columns.h"
#include "faults/heat_parts.h"
#include "faults/heat_sample.h"
#include "faults/watched_files.h"
#include "result/document.h"

namespace bytepath::faults {

// What goes into the report of `fault-probe attach`, gathered window by window. Its memory is that
// of the models' parts, of at most HeatColumns::max_columns columns, and of a HeatSample.
//
// Heat maps "heat_layers" (percent of a layer's bytes, by time) and "heat_experts" (windows in
// which each was touched); series "touched_by_window" (of a column of several windows their mean,
// least and largest); tables "windows", "tensors" and "experts"; metrics "heat_touched_bytes",
// "heat_experts_per_layer" (mean over the layers), "heat_clear_time", "heat_walk_time" with a
// sample for each window that HeatSample kept; parameters "mode", "method" ("accessed-bits" or
// "referenced-totals"), "windows", "windows_sampled", "windows_each", "end" ("all-rounds",
// "interrupted", "process-ended"), "page_bytes".
//
// An expert or a tensor counts as touched in a window when more than half of the pages of its
// slices were: its edge pages are its neighbours' too.
class HeatSummary {
 public:
  void add(const HeatWindow& window, std::span<const WatchedFile> files);
  void write(const HeatOutcome& outcome, result::Document& document) const;

 private:
  // Pages over all windows.
  struct Doubts {
    std::uint64_t present = 0;
    std::uint64_t touched = 0;
    std::uint64_t huge = 0;
    std::uint64_t fresh = 0;
    std::uint64_t unreadable = 0;
  };

  void write_doubts(const HeatOutcome& outcome, result::Document& document) const;

  HeatParts parts_;
  HeatColumns columns_;
  Doubts doubts_;
  HeatSample sample_;
};

}  // namespace bytepath::faults
