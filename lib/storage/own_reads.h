#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "measure/clock.h"
#include "storage/engine.h"
#include "storage/label_source.h"
#include "storage/residency_probe.h"

// The loop that reads, one access after the other, and keeps what each was.
namespace bytepath::storage {

// When accesses begin that are not to wait for each other (an open loop).
struct Rate {
  double per_second = 0;
  bool poisson = false;
};

struct ReadPlan {
  std::string path;                   // for errors
  std::vector<std::uint64_t> blocks;  // in the order in which they are read
  std::uint64_t block_bytes = 4096;
  std::optional<Rate> rate;  // none: each begins when the one before has ended
  std::uint64_t seed = 1;    // of the times of an open loop
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Asked of each access before it, outside what is timed; null: not asked.
  const ResidencyProbe* truth = nullptr;
  const ResidencyProbe* backing = nullptr;  // of the file behind a FUSE file
};

struct ReadSample {
  float service_ns = 0;   // from the begin of the access
  float response_ns = 0;  // from when it was meant to begin; in a closed loop the same
  float device_ns = 0;
  float daemon_ns = 0;
  std::int8_t tier = 0;
  bool was_resident = false;  // says the truth
  bool backing_was_resident = false;
};

struct ReadSamples {
  std::vector<ReadSample> samples;
  double seconds = 0;
  bool interrupted = false;
  std::optional<Error> error;  // that ended it
};

// Of an errno of Engine::read(). ENODATA: the file ended where its size had said that there is
// more.
Error read_error(const std::string& path, std::uint64_t offset, int error);

ReadSamples read_all(Engine& engine, LabelSource& labels, const measure::Clock& clock,
                     const ReadPlan& plan, const Progress& progress);

}  // namespace bytepath::storage
