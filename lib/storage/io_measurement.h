#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "storage/access_plan.h"
#include "storage/cache_preparation.h"
#include "storage/eviction_watch.h"
#include "storage/read_run.h"
#include "storage/target_file.h"
#include "trace/access_tracer.h"
#include "trace/missing_part.h"

namespace bytepath::storage {

// How labels are made; automatic: the best that this host and user allow.
enum class Labelling { automatic, bpf, mincore, rusage, latency };

struct IoOptions {
  TargetRequest target;
  std::vector<std::string> engines;  // empty: all that work here
  std::vector<CacheStart> states = {CacheStart::cold, CacheStart::mixed, CacheStart::warm};
  std::uint64_t accesses = 10'000;  // of each engine in each state, at most
  Pattern pattern = Pattern::random;
  std::uint64_t seed = 1;
  std::optional<Rate> rate;
  Labelling labelling = Labelling::automatic;
  bool drop_caches = false;  // of the whole host, before each run that does not begin warm
  bool verify = false;       // compare the labels with mincore(2)
  std::string backing;       // the file behind a FUSE file: compare the second hop too
  std::chrono::nanoseconds budget = std::chrono::seconds(30);
  int cpu = -1;
};

struct IoMeasurement {
  TargetFile target;
  int cpu = -1;
  std::vector<ReadRun> runs;
  std::vector<trace::MissingPart> missing;
  trace::AccessLosses losses;
  Evicting evicting;
  bool interrupted = false;
  std::optional<Error> error;  // that ended it; what was measured until then is there
};

// Checks everything, then measures each engine in each state. Errors: as open_target(); usage (an
// engine or combination that there is not, a CPU that is not there), denied or unsupported (what
// was asked for by name cannot be had).
Result<IoMeasurement> measure_io(const IoOptions& options, const Progress& progress);

}  // namespace bytepath::storage
