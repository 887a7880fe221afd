#include "lazyfs/tally.h"

#include <optional>

namespace bytepath::lazyfs {
namespace {

result::Metric metric(std::string name, Tier tier, std::string_view unit, double value,
                      std::uint64_t of) {
  return {.name = std::move(name),
          .labels = {{"tier", std::string(lazyfs::name(tier))}},
          .unit = std::string(unit),
          .median = value,
          .low = value,
          .high = value,
          .count = of};
}

double number(std::uint64_t count) { return static_cast<double>(count); }

// Of READs that needed data, those that L1 could answer; of chunks that L1 has not, those that L2
// has. L3 has all.
std::optional<double> hit_percent(const Tally& tally, Tier tier) {
  const auto percent = [](std::uint64_t part, std::uint64_t all) {
    return all == 0 ? std::optional<double>() : 100 * number(part) / number(all);
  };
  if (tier == Tier::l1) {
    return percent(tally.of(Tier::l1).reads, tally.reads() - tally.of(Tier::none).reads);
  }
  const auto& l2 = tally.of(Tier::l2);
  return tier == Tier::l2 ? percent(l2.fetches, l2.fetches + l2.misses) : std::nullopt;
}

result::Value cell(std::optional<double> value) {
  return value ? result::Value(*value) : result::Value();
}

result::Value cell(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

void Tally::add(const Event& event) {
  auto& tier = tiers_.at(static_cast<std::size_t>(event.tier));
  const bool failed = event.returned < 0;
  const std::uint64_t bytes = failed ? 0 : static_cast<std::uint64_t>(event.returned);
  switch (event.kind) {
    case EventKind::read:
      ++tier.reads;
      tier.served_bytes += bytes;
      failed_reads_ += failed ? 1 : 0;
      break;
    case EventKind::prefetch:
      ++prefetched_;
      break;
    case EventKind::fetch:
      if (failed) {
        ++tier.failed;
        break;
      }
      ++tier.fetches;
      tier.fetched_bytes += bytes;
      if (seen_[{event.tier, event.inode}][event.offset]++ > 0) ++tier.refetches;
      break;
    case EventKind::miss:
      ++tier.misses;
      break;
    case EventKind::store:
      break;
  }
}

std::uint64_t Tally::reads() const {
  std::uint64_t sum = 0;
  for (const auto& tier : tiers_) sum += tier.reads;
  return sum;
}

void Tally::describe(result::Document& document) const {
  result::Table table{.name = "tiers",
                      .title = "Where the bytes came from",
                      .columns = {{"tier", ""},
                                  {"reads", ""},
                                  {"served", "B"},
                                  {"hits", "percent"},
                                  {"chunk_fetches", ""},
                                  {"fetched", "B"},
                                  {"refetches", ""},
                                  {"failed", ""}}};
  for (const Tier tier : all_tiers) {
    const OfTier& one = of(tier);
    const auto hits = hit_percent(*this, tier);
    table.rows.push_back({std::string(name(tier)), cell(one.reads), cell(one.served_bytes),
                          cell(hits), cell(one.fetches), cell(one.fetched_bytes),
                          cell(one.refetches), cell(one.failed)});
    auto& metrics = document.metrics;
    metrics.push_back(metric("reads", tier, "", number(one.reads), one.reads));
    metrics.push_back(metric("served_bytes", tier, "B", number(one.served_bytes), one.reads));
    metrics.push_back(metric("fetches", tier, "", number(one.fetches), one.fetches));
    metrics.push_back(metric("fetched_bytes", tier, "B", number(one.fetched_bytes), one.fetches));
    metrics.push_back(metric("refetches", tier, "", number(one.refetches), one.fetches));
    if (hits) metrics.push_back(metric("hit_ratio", tier, "percent", *hits, one.reads));
  }
  document.tables.push_back(std::move(table));
  document.parameters["reads.failed"] = static_cast<std::int64_t>(failed_reads_);
  document.parameters["prefetch.lines"] = static_cast<std::int64_t>(prefetched_);
}

}  // namespace bytepath::lazyfs
