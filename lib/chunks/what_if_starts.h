#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/progress.h"
#include "chunks/grid_replay.h"
#include "mounts/range_list.h"
#include "result/document.h"

// The part of `chunk-probe whatif` about recorded starts on other grids.
namespace bytepath::chunks {

struct StartQuestion {
  std::vector<Grid> grids;
  LatencyModel hit;                  // of a READ of which all is there
  std::vector<FetchSource> sources;  // a start time from each
  std::size_t parallel = 8;
  std::size_t runs = 200;
  std::uint64_t seed = 1;
  // What is fetched before it is asked for; nullptr: nothing.
  const std::vector<mounts::FileRange>* prefetch = nullptr;
};

// Adds tables "starts" (what was recorded), "model_check" (the recorded latencies drawn in another
// order, beside the recorded time), "chunks", "start_times", with codes "code_start_times", with a
// list "prefetch"; the series "start_time"; metrics "fetches", "fetched_bytes", "amplification",
// "rounds" for each grid, "start_time" for each grid and tier, and of a list "prefetch_start_time",
// "prefetch_left", "prefetch_bytes", "prefetch_wasted_bytes". Labels are "chunk" (bytes) or "unit",
// "tier", and with several traces "trace". false: stopped.
bool add_starts(result::Document& document, std::span<const StartReads> starts,
                const StartQuestion& question, const Progress& progress);

}  // namespace bytepath::chunks
