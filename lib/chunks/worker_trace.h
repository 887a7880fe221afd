#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "simulation/oracle_general.h"
#include "stats/random.h"

// What the cache of a worker is asked for that runs many functions, composed of a few recorded
// starts: made piece by piece, never stored.
namespace bytepath::chunks {

struct WorkerOptions {
  std::uint32_t functions = 400;
  std::uint64_t starts = 3000;  // besides those of cron
  // The k-th function is drawn with a chance in proportion to 1 / k^zipf.
  double zipf = 0.9;
  double private_share = 0.2;  // of a function's chunks, 0 to 1
  // After so many starts each, that many functions that nobody else starts run once, one after the
  // other, the same ones each time; 0: none.
  std::uint64_t cron_every = 0;
  std::uint32_t cron_functions = 0;
  std::uint64_t seed = 1;
};

// A chunk as a cache knows it.
struct CachedChunk {
  std::uint64_t name = 0;
  std::uint32_t bytes = 1;
};

class WorkerTrace {
 public:
  // recorded: of each start the chunks in the order of their first touch; at least one start.
  // Function number f is like the start f modulo their number.
  WorkerTrace(std::vector<std::vector<CachedChunk>> recorded, const WorkerOptions& options);

  std::uint64_t requests() const { return requests_; }
  // The next requests, one start at least; empty at the end. A start's seconds are its number; the
  // next request is not known (-1).
  std::span<const simulation::OracleRecord> next();
  // From the begin, with the same draws.
  void rewind();

 private:
  std::uint32_t draw_function();
  // Which function starts next; false: all have started.
  bool take_function(std::uint32_t& function);
  void add_start(std::uint32_t function);

  std::vector<std::vector<CachedChunk>> recorded_;
  WorkerOptions options_;
  std::vector<double> drawn_up_to_;  // the chances of the functions, summed up
  stats::Random random_;
  std::uint64_t requests_ = 0;
  std::uint64_t drawn_ = 0;      // starts that were drawn
  std::uint32_t cron_left_ = 0;  // starts of the storm that is going on
  std::uint32_t started_ = 0;    // in all
  std::vector<simulation::OracleRecord> piece_;
};

}  // namespace bytepath::chunks
