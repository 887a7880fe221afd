#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chunks/erasure_code.h"
#include "chunks/grid_parts.h"
#include "chunks/grid_prefetch.h"
#include "chunks/latency_model.h"

// How long a recorded start would take on another grid and with other latencies. The order is that
// of the recording: a READ is sent after all READs had been answered that had been so in the
// recording and that somebody waited for, and as long after the last of them as it was there, which
// is the time of the program itself. READs that were on their way together stay so.
namespace bytepath::chunks {

// From where what is not there is fetched.
struct FetchSource {
  std::string name;  // "l2", "l2-4-of-5", "l3"
  Tier tier;
  ErasureCode code;
};

struct ReplayOptions {
  LatencyModel hit;  // of a READ of which all is there
  FetchSource source;
  const PrefetchPlan* prefetch = nullptr;  // begins with the recording
  // Fetches that the mount has on their way at once, for one READ or for the list.
  std::size_t parallel = 8;
};

struct ReplayedStart {
  double duration_ns = 0;
  std::size_t critical_fetches = 0;  // that a READ had to begin itself
};

class GridReplay {
 public:
  GridReplay(const StartReads& start, const GridParts& parts);

  // One draw of all latencies.
  ReplayedStart run(const ReplayOptions& options, stats::Random& random) const;
  // The same with each READ taking what `of_read` says, by its place: its duration.
  ReplayedStart run_with(const std::vector<double>& of_read) const;

 private:
  class Clock;
  class Run;

  const StartReads& start_;
  const GridParts& parts_;
  std::vector<std::size_t> waited_by_end_;
};

// Of many draws: what to expect, and where 95 of 100 lie.
struct StartTime {
  double mean_ns = 0;
  double low_ns = 0;
  double high_ns = 0;
  double critical_fetches = 0;  // mean
  std::vector<double> runs_ns;
};
// Asks before each draw, since those of a large trace take a while; nothing when it shall not go
// on.
std::optional<StartTime> start_time(const GridReplay& replay, const ReplayOptions& options,
                                    std::size_t runs, std::uint64_t seed,
                                    const std::function<bool()>& goes_on);
StartTime summarize_runs(std::vector<double> runs_ns);

}  // namespace bytepath::chunks
