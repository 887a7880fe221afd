#pragma once
#include <optional>
#include <vector>

#include "chase/bandwidth.h"
#include "chase/cache_claims.h"
#include "chase/core_pairs.h"
#include "chase/noise_watch.h"
#include "chase/retention.h"
#include "chase/staircase.h"
#include "chase/tlb_reach.h"
#include "result/document.h"

// What was measured, as parts of a document. Pure.
namespace bytepath::chase {

// Tables "tiers" and "noise", the series "latency", metrics of each tier. lap: of the same sizes by
// laps, or nothing.
void add_staircase(result::Document& document, const Staircase& staircase,
                   const CacheClaims& claims);
void add_lap_staircase(result::Document& document, const Staircase& lap);

// flushed: nanoseconds of loads from lines that were flushed, with which the memory's tier has to
// agree.
void add_checks(result::Document& document, const Staircase& staircase,
                const std::vector<double>& flushed);

struct TlbCurves {
  std::vector<TlbPoint> small;  // in pages of 4 KiB
  std::vector<TlbPoint> huge;   // in huge ones, counted in 4 KiB; empty: there are none
};
void add_tlb(result::Document& document, const TlbCurves& curves, const CacheClaims& claims);

void add_retention(result::Document& document, const std::vector<RetentionPoint>& curve,
                   double memory_ns);
void add_pairs(result::Document& document, const std::vector<CorePair>& pairs);

struct TierBandwidth {
  std::string tier;
  std::uint64_t bytes = 0;  // that were read again and again
  double gb_s = 0;
};
void add_bandwidth(result::Document& document, const std::vector<TierBandwidth>& tiers);
void add_loaded(result::Document& document, const std::vector<LoadedPoint>& points,
                std::size_t threads);
void add_noise(result::Document& document, const Noise& noise);

}  // namespace bytepath::chase
