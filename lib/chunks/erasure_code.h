#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "chunks/latency_model.h"

// A cache over many nodes that keeps each chunk in `stored` shards on as many nodes, of which any
// `needed` give it back; a fetch asks for all of them and takes the first that come.
namespace bytepath::chunks {

struct ErasureCode {
  std::uint32_t needed = 1;
  std::uint32_t stored = 1;

  // "4/5". Error (usage): not 1 <= needed <= stored <= 64.
  static Result<ErasureCode> parse(std::string_view text);
  std::string name() const;  // "4-of-5"
  double storage() const;    // bytes stored for each byte of a chunk
};

struct Nodes {
  std::uint32_t all = 1;   // at least as many as shards of a chunk
  std::uint32_t dead = 0;  // at most all
};

// The chance that, of `answering` shards of which each is there with chance `each`, independently,
// `needed` are there.
double chance_of_needed(std::uint32_t needed, std::uint32_t answering, double each);

// The chance that so many of a chunk's shards are on dead nodes, where any nodes may be dead
// (hypergeometric).
double chance_of_dead(const ErasureCode& code, const Nodes& nodes, std::uint32_t dead_shards);

// The chance that a chunk that is in the cache can be read.
double chance_readable(const ErasureCode& code, const Nodes& nodes);

// How much more the origin has to serve than when no node is dead, right after they died: the cache
// has `hit_ratio` (0 to 1) of what it is asked for.
double origin_load(const ErasureCode& code, const Nodes& nodes, double hit_ratio);

// The latency in nanoseconds within which a part (0 to 1) of the chunks that can be read come: the
// distribution of the k-th of n, not drawn but computed. A shard takes as long as `shard` says.
double latency_quantile(const ErasureCode& code, const Nodes& nodes, const LatencyModel& shard,
                        double part);

// One fetch, with all nodes alive.
double draw(const ErasureCode& code, const LatencyModel& shard, stats::Random& random);

}  // namespace bytepath::chunks
