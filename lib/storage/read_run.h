#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stats/histogram.h"
#include "storage/labels.h"
#include "storage/own_reads.h"

// What the accesses of one engine to one state of the page cache add up to.
namespace bytepath::storage {

struct TierReads {
  stats::Histogram service;     // ns, from the begin of an access
  std::vector<float> in_order;  // the same, one after the other
  stats::Histogram response;    // ns, from when it was meant to begin
  stats::Histogram device;      // ns that a block device worked on it, of those where that is known
  stats::Histogram software;    // ns of the service beside the device and the daemon, of the same
  std::uint64_t device_ns = 0;
  std::uint64_t daemon_ns = 0;  // beside the device's
  std::uint64_t software_ns = 0;
};

// How many labels were asked for, and agree.
struct Agreement {
  std::uint64_t asked = 0;
  std::uint64_t agreed = 0;
};

struct ReadRun {
  std::string engine;
  std::string state;
  std::string evidence;
  std::array<TierReads, bytepath_tier_count> tiers;
  std::uint64_t accesses = 0;
  std::uint64_t block_bytes = 0;
  double seconds = 0;
  std::optional<Rate> rate;
  std::optional<double> resident;       // 0 to 1, before the first access
  std::optional<Agreement> with_truth;  // with mincore(2) of the file
  std::optional<Agreement> second_hop;  // with mincore(2) of the file behind it
  std::uint64_t border_ns = 0;          // of a guess: as slow is no hit; 0: no guess, no border
};

// Adds the samples up. With `miss`, labels are guessed from the times: fast ones are hits.
void add_samples(ReadRun& run, const ReadSamples& samples, std::optional<Tier> miss);

// Compares the labels with the truth that was asked for before each access.
Agreement compare_with_truth(const ReadSamples& samples);
Agreement compare_second_hop(const ReadSamples& samples);

}  // namespace bytepath::storage
