#include "chunks/grid_replay.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>

namespace bytepath::chunks {
namespace {

constexpr double nanoseconds_per_second = 1e9;
constexpr double not_fetched = -1;

double transfer_ns(const Tier& tier, std::uint64_t bytes) {
  if (tier.bytes_per_second <= 0) return 0;
  return static_cast<double>(bytes) / tier.bytes_per_second * nanoseconds_per_second;
}

}  // namespace

// When the next READ is sent. READs come in the order of their recorded begin.
class GridReplay::Clock {
 public:
  Clock(const StartReads& start, const std::vector<std::size_t>& waited_by_end)
      : start_(start), waited_by_end_(waited_by_end), end_(start.reads.size()) {}

  double begin(std::size_t read) {
    const std::uint64_t begin = start_.reads[read].begin_ns;
    while (next_ < waited_by_end_.size() && start_.reads[waited_by_end_[next_]].end_ns <= begin) {
      pass();
    }
    return reached_ + static_cast<double>(begin - recorded_);
  }
  void end(std::size_t read, double time) { end_[read] = time; }
  double whole() {
    while (next_ < waited_by_end_.size()) pass();
    return reached_ + static_cast<double>(start_.duration_ns - recorded_);
  }

 private:
  void pass() {
    const std::size_t read = waited_by_end_[next_++];
    reached_ = std::max(reached_, end_[read]);
    recorded_ = start_.reads[read].end_ns;
  }

  const StartReads& start_;
  const std::vector<std::size_t>& waited_by_end_;
  std::vector<double> end_;  // of each read
  std::size_t next_ = 0;
  double reached_ = 0;          // the latest of those that are over
  std::uint64_t recorded_ = 0;  // when the last of them was over in the recording
};

// The mount behind one replay: which parts it has, and from when on.
class GridReplay::Run {
 public:
  Run(const GridParts& parts, const ReplayOptions& options, stats::Random& random)
      : parts_(parts),
        options_(options),
        random_(random),
        ready_(parts.parts().size(), not_fetched) {
    if (options.prefetch == nullptr) return;
    for (std::size_t i = 0; i < std::max<std::size_t>(options.parallel, 1); ++i) idle_.push(0);
  }

  // When a READ that is sent now is answered.
  double answer(std::size_t read, double now) {
    prefetch_until(now);
    double there = now;
    missing_.clear();
    for (const std::uint32_t part : parts_.parts_of(read)) {
      if (ready_[part] == not_fetched)
        missing_.push_back(part);
      else
        there = std::max(there, ready_[part]);
    }
    if (missing_.empty()) return std::max(there, now + options_.hit.draw(random_));
    const double fetched = now + fetch_missing();
    for (const std::uint32_t part : missing_) ready_[part] = fetched;
    return std::max(there, fetched);
  }
  std::size_t critical_fetches() const { return critical_fetches_; }

 private:
  double draw() {
    return chunks::draw(options_.source.code, options_.source.tier.latency, random_);
  }

  // So many at once as it has connections; they share the rate.
  double fetch_missing() {
    const std::size_t parallel = std::max<std::size_t>(options_.parallel, 1);
    double time = 0;
    double slowest = 0;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < missing_.size(); ++i) {
      if (i % parallel == 0) time += std::exchange(slowest, 0);
      slowest = std::max(slowest, draw());
      bytes += parts_.parts()[missing_[i]].bytes;
    }
    critical_fetches_ += missing_.size();
    return time + slowest + transfer_ns(options_.source.tier, bytes);
  }

  void prefetch_until(double now) {
    if (options_.prefetch == nullptr) return;
    const auto& items = options_.prefetch->items;
    for (; next_item_ < items.size() && idle_.top() <= now; ++next_item_) {
      const auto& item = items[next_item_];
      const bool read = item.part != PrefetchPlan::not_read;
      if (read && ready_[item.part] != not_fetched) continue;
      const double end = idle_.top() + draw() + transfer_ns(options_.source.tier, item.bytes);
      idle_.pop();
      idle_.push(end);
      if (read) ready_[item.part] = end;
    }
  }

  const GridParts& parts_;
  const ReplayOptions& options_;
  stats::Random& random_;
  std::vector<double> ready_;  // by part
  std::vector<std::uint32_t> missing_;
  std::priority_queue<double, std::vector<double>, std::greater<>> idle_;
  std::size_t next_item_ = 0;
  std::size_t critical_fetches_ = 0;
};

GridReplay::GridReplay(const StartReads& start, const GridParts& parts)
    : start_(start), parts_(parts) {
  for (std::size_t i = 0; i < start.reads.size(); ++i) {
    if (start.reads[i].waited) waited_by_end_.push_back(i);
  }
  std::ranges::stable_sort(waited_by_end_, {},
                           [&](std::size_t read) { return start.reads[read].end_ns; });
}

ReplayedStart GridReplay::run(const ReplayOptions& options, stats::Random& random) const {
  Clock clock(start_, waited_by_end_);
  Run run(parts_, options, random);
  for (std::size_t i = 0; i < start_.reads.size(); ++i) clock.end(i, run.answer(i, clock.begin(i)));
  return {.duration_ns = clock.whole(), .critical_fetches = run.critical_fetches()};
}

ReplayedStart GridReplay::run_with(const std::vector<double>& of_read) const {
  Clock clock(start_, waited_by_end_);
  for (std::size_t i = 0; i < start_.reads.size(); ++i) clock.end(i, clock.begin(i) + of_read[i]);
  return {.duration_ns = clock.whole()};
}

StartTime summarize_runs(std::vector<double> runs_ns) {
  StartTime time;
  if (runs_ns.empty()) return time;
  auto sorted = runs_ns;
  std::ranges::sort(sorted);
  const auto at = [&](double part) {
    return sorted[static_cast<std::size_t>(
        std::lround(part * static_cast<double>(sorted.size() - 1)))];
  };
  time.mean_ns =
      std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
  time.low_ns = at(0.025);
  time.high_ns = at(0.975);
  time.runs_ns = std::move(runs_ns);
  return time;
}

std::optional<StartTime> start_time(const GridReplay& replay, const ReplayOptions& options,
                                    std::size_t runs, std::uint64_t seed,
                                    const std::function<bool()>& goes_on) {
  stats::Random random(seed);
  std::vector<double> durations;
  double fetches = 0;
  for (std::size_t i = 0; i < runs; ++i) {
    if (!goes_on()) return std::nullopt;
    const ReplayedStart start = replay.run(options, random);
    durations.push_back(start.duration_ns);
    fetches += static_cast<double>(start.critical_fetches);
  }
  StartTime time = summarize_runs(std::move(durations));
  time.critical_fetches = runs == 0 ? 0 : fetches / static_cast<double>(runs);
  return time;
}

}  // namespace bytepath::chunks
