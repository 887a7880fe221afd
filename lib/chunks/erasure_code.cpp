#include "chunks/erasure_code.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace bytepath::chunks {
namespace {

constexpr std::uint32_t most_shards = 64;

double combinations(std::uint32_t all, std::uint32_t chosen) {
  if (chosen > all) return 0;
  double count = 1;
  for (std::uint32_t i = 0; i < chosen; ++i) {
    count = count * static_cast<double>(all - i) / static_cast<double>(i + 1);
  }
  return count;
}

// Of the chunks that can be read, the part that came within this time.
double share_within(const ErasureCode& code, const Nodes& nodes, const LatencyModel& shard,
                    double nanoseconds) {
  const double each = shard.share_within(nanoseconds);
  double share = 0;
  for (std::uint32_t dead = 0; dead <= code.stored - code.needed; ++dead) {
    share +=
        chance_of_dead(code, nodes, dead) * chance_of_needed(code.needed, code.stored - dead, each);
  }
  return share / chance_readable(code, nodes);
}

}  // namespace

Result<ErasureCode> ErasureCode::parse(std::string_view text) {
  const auto parts = split(text, '/');
  const auto needed = parts.size() == 2 ? parse_unsigned(trim(parts[0])) : std::nullopt;
  const auto stored = parts.size() == 2 ? parse_unsigned(trim(parts[1])) : std::nullopt;
  if (!needed || !stored || *needed < 1 || *needed > *stored || *stored > most_shards) {
    return fail(ErrorKind::usage,
                fmt::format("--ec: '{}' is not K/N with 1 <= K <= N <= {}", text, most_shards),
                "K of N shards are needed, such as 4/5; 1/1 is no code, 1/2 two copies");
  }
  return ErasureCode{.needed = static_cast<std::uint32_t>(*needed),
                     .stored = static_cast<std::uint32_t>(*stored)};
}

std::string ErasureCode::name() const { return fmt::format("{}-of-{}", needed, stored); }

double ErasureCode::storage() const {
  return static_cast<double>(stored) / static_cast<double>(needed);
}

double chance_of_needed(std::uint32_t needed, std::uint32_t answering, double each) {
  double chance = 0;
  for (std::uint32_t there = needed; there <= answering; ++there) {
    chance += combinations(answering, there) * std::pow(each, there) *
              std::pow(1 - each, answering - there);
  }
  return std::min(chance, 1.0);
}

double chance_of_dead(const ErasureCode& code, const Nodes& nodes, std::uint32_t dead_shards) {
  if (dead_shards > code.stored) return 0;
  return combinations(nodes.dead, dead_shards) *
         combinations(nodes.all - nodes.dead, code.stored - dead_shards) /
         combinations(nodes.all, code.stored);
}

double chance_readable(const ErasureCode& code, const Nodes& nodes) {
  double chance = 0;
  for (std::uint32_t dead = 0; dead <= code.stored - code.needed; ++dead) {
    chance += chance_of_dead(code, nodes, dead);
  }
  return std::min(chance, 1.0);
}

double origin_load(const ErasureCode& code, const Nodes& nodes, double hit_ratio) {
  const double misses = 1 - hit_ratio;
  const double lost = hit_ratio * (1 - chance_readable(code, nodes));
  if (misses <= 0) return lost > 0 ? INFINITY : 1;
  return (misses + lost) / misses;
}

double latency_quantile(const ErasureCode& code, const Nodes& nodes, const LatencyModel& shard,
                        double part) {
  if (chance_readable(code, nodes) <= 0) return NAN;
  double high = std::max(1.0, shard.median());
  constexpr double longest = 1e18;  // thirty years
  while (high < longest && share_within(code, nodes, shard, high) < part) high *= 2;
  double low = 0;
  // Each step halves the interval: the result is good to all digits.
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (share_within(code, nodes, shard, middle) < part ? low : high) = middle;
  }
  return high;
}

double draw(const ErasureCode& code, const LatencyModel& shard, stats::Random& random) {
  std::array<double, most_shards> shards{};
  for (std::uint32_t i = 0; i < code.stored; ++i) shards[i] = shard.draw(random);
  auto* const last = shards.begin() + code.needed - 1;
  std::nth_element(shards.begin(), last, shards.begin() + code.stored);
  return *last;
}

}  // namespace bytepath::chunks
