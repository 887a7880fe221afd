#include "storage/access_plan.h"

#include <algorithm>
#include <unordered_set>

#include "stats/normal.h"

namespace bytepath::storage {
namespace {

// Up to here all numbers are put in an order: 32 MiB.
constexpr std::uint64_t most_shuffled = std::uint64_t{1} << 22;

std::vector<std::uint64_t> draw_once(std::uint64_t blocks, std::uint64_t count,
                                     stats::Random& random) {
  std::vector<std::uint64_t> drawn;
  drawn.reserve(count);
  if (blocks <= most_shuffled) {
    const auto order = random.permutation(blocks);
    drawn.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    return drawn;
  }
  std::unordered_set<std::uint64_t> seen;
  while (drawn.size() < count) {
    const std::uint64_t block = random.below(blocks);
    if (seen.insert(block).second) drawn.push_back(block);
  }
  return drawn;
}

}  // namespace

std::vector<std::uint64_t> plan_accesses(Pattern pattern, std::uint64_t blocks, std::uint64_t count,
                                         std::uint64_t seed) {
  std::vector<std::uint64_t> plan;
  plan.reserve(count);
  stats::Random random(seed);
  while (plan.size() < count && pattern == Pattern::sequential)
    plan.push_back(plan.size() % blocks);
  while (plan.size() < count) {
    const auto more = draw_once(blocks, std::min(blocks, count - plan.size()), random);
    plan.insert(plan.end(), more.begin(), more.end());
  }
  return plan;
}

std::vector<pages::PageRun> plan_resident(std::uint64_t pages, double share, std::uint64_t seed) {
  constexpr std::uint64_t piece = 16;
  std::vector<pages::PageRun> runs;
  stats::Random random(seed);
  for (std::uint64_t first = 0; first < pages; first += piece) {
    if (stats::uniform(random) >= share) continue;
    const std::uint64_t count = std::min(piece, pages - first);
    if (!runs.empty() && runs.back().first + runs.back().count == first)
      runs.back().count += count;
    else
      runs.push_back({.first = first, .count = count});
  }
  return runs;
}

}  // namespace bytepath::storage
