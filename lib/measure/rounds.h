#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "measure/clock.h"

// Interleaved measuring: every cell once per round, so that a change of the machine's speed hits
// all cells alike and a ratio of two cells of one round is free of it.
namespace bytepath::measure {

// Something to time. `run` does it `times` over and returns 0 or an errno; `round` lets it use
// other memory each time.
struct Cell {
  std::function<int(std::size_t round, std::size_t times)> run;
};

struct RoundPlan {
  std::size_t rounds = 16;
  double batch_ns = 1500;  // at least this long, so that the clock and its step do not count
  std::size_t max_times = 100'000;
  std::uint64_t seed = 1;  // of the order of the cells within each round
  // Nothing further is begun after this; what was timed until then is the result: no cell, or every
  // one, of which some may have a sample more than others.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct CellSamples {
  std::vector<double> ns;  // per execution, one a round, in order
  int error = 0;           // the errno that ended this cell
};

struct RoundsResult {
  std::vector<CellSamples> cells;
  bool interrupted = false;  // by progress
};

// Finds for each cell how often it must be repeated to fill a batch, then runs the rounds in an
// order shuffled anew for each. Before each timed batch the cell runs once untimed: it brings its
// pages back (a host may have paged them out) and its lines into the cache.
RoundsResult run_rounds(const Clock& clock, const std::vector<Cell>& cells, const RoundPlan& plan,
                        const Progress& progress, std::string_view what);

}  // namespace bytepath::measure
