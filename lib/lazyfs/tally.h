#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "lazyfs/truth.h"
#include "result/document.h"

namespace bytepath::lazyfs {

// What the events of a mount come to.
class Tally {
 public:
  struct OfTier {
    std::uint64_t reads = 0;  // READs that needed it and nothing slower
    std::uint64_t served_bytes = 0;
    std::uint64_t fetches = 0;  // of chunks
    std::uint64_t fetched_bytes = 0;
    std::uint64_t refetches = 0;  // of a chunk that was fetched from it before
    std::uint64_t misses = 0;
    std::uint64_t failed = 0;  // fetches
  };

  void add(const Event& event);

  const OfTier& of(Tier tier) const { return tiers_.at(static_cast<std::size_t>(tier)); }
  std::uint64_t reads() const;
  std::uint64_t failed_reads() const { return failed_reads_; }
  std::uint64_t prefetched() const { return prefetched_; }

  // Metrics reads{tier}, served_bytes{tier}, fetches{tier}, fetched_bytes{tier}, refetches{tier},
  // hit_ratio{tier}; the table "tiers".
  void describe(result::Document& document) const;

 private:
  std::array<OfTier, std::size(all_tiers)> tiers_;
  std::uint64_t failed_reads_ = 0;
  std::uint64_t prefetched_ = 0;
  // Chunks that were fetched, by tier, inode and offset.
  std::map<std::pair<Tier, std::uint64_t>, std::unordered_map<std::uint64_t, std::uint64_t>> seen_;
};

}  // namespace bytepath::lazyfs
