#include "storage/own_reads.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "measure/arrivals.h"

namespace bytepath::storage {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double slow_ns = 1e6;  // after such an access somebody looks: there may be seconds ahead
constexpr double often = 1000;   // accesses a second: then not each one looks for an interrupt
// Longer than a timer is late, and short enough to be no load.
constexpr auto spun = std::chrono::microseconds(100);

// Sleeps for most of it, then spins: a sleep ends late by some ten microseconds.
void wait_until(Clock::time_point when) {
  if (when - Clock::now() > spun) {
    const auto wake = (when - spun).time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wake);
    const timespec at{.tv_sec = seconds.count(), .tv_nsec = (wake - seconds).count()};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
    }
  }
  while (Clock::now() < when) {
  }
}

float floor_zero(double nanoseconds) { return static_cast<float>(std::max(nanoseconds, 0.0)); }

// When accesses begin: each when the one before has ended, or at times of their own.
class Pace {
 public:
  Pace(const ReadPlan& plan, Clock::time_point begin) : begin_(begin) {
    if (!plan.rate) return;
    arrivals_.emplace(
        plan.rate->per_second,
        plan.rate->poisson ? measure::Arrivals::Spacing::poisson : measure::Arrivals::Spacing::even,
        plan.seed);
    between_looks_ = plan.rate->per_second < often ? 1 : most_between_looks;
  }

  // Every so many accesses somebody looks at the clock and for an interrupt.
  std::size_t between_looks() const { return between_looks_; }

  // Waits until the next access is due. How late it then is, in nanoseconds.
  double wait() {
    if (!arrivals_) return 0;
    const auto intended = begin_ + arrivals_->next();
    wait_until(intended);
    return std::chrono::duration<double, std::nano>(Clock::now() - intended).count();
  }

 private:
  static constexpr std::size_t most_between_looks = 64;
  Clock::time_point begin_;
  std::optional<measure::Arrivals> arrivals_;
  std::size_t between_looks_ = most_between_looks;
};

// Asks what is asked of an access before it.
ReadSample begin_sample(const ReadPlan& plan, std::uint64_t offset) {
  ReadSample sample;
  if (plan.truth != nullptr) sample.was_resident = plan.truth->has(offset, plan.block_bytes);
  if (plan.backing != nullptr)
    sample.backing_was_resident = plan.backing->has(offset, plan.block_bytes);
  return sample;
}

void end_sample(ReadSample& sample, double service_ns, double late_ns, const Label& label) {
  sample.service_ns = floor_zero(service_ns);
  sample.response_ns = floor_zero(service_ns + late_ns);
  sample.device_ns = static_cast<float>(label.device_ns);
  sample.daemon_ns = static_cast<float>(label.daemon_ns);
  sample.tier = static_cast<std::int8_t>(label.tier);
}

}  // namespace

Error read_error(const std::string& path, std::uint64_t offset, int error) {
  if (error == ENODATA)
    return {.kind = ErrorKind::failed,
            .message = fmt::format("{} became shorter while it was read, at byte {}", path, offset),
            .hint = "nobody may cut it off meanwhile; files of /proc and /sys tell no true size"};
  return {
      .kind = ErrorKind::failed,
      .message = fmt::format("cannot read {} at byte {}: {}", path, offset, std::strerror(error)),
      .hint = error == EINVAL ? "what --direct reads are whole sectors: try --block 4K"
                              : "see the kernel's log"};
}

ReadSamples read_all(Engine& engine, LabelSource& labels, const measure::Clock& clock,
                     const ReadPlan& plan, const Progress& progress) {
  ReadSamples all;
  all.samples.reserve(plan.blocks.size());
  const auto begin = Clock::now();
  Pace pace(plan, begin);
  bool was_slow = false;
  for (std::size_t i = 0; i < plan.blocks.size(); ++i) {
    if (was_slow || i % pace.between_looks() == 0) {
      all.interrupted = !progress(i, plan.blocks.size(), "reading");
      if (all.interrupted || Clock::now() >= plan.deadline) break;
    }
    const std::uint64_t offset = plan.blocks[i] * plan.block_bytes;
    ReadSample sample = begin_sample(plan, offset);
    int error = engine.prepare(offset);
    const double late_ns = pace.wait();
    labels.begin(offset, plan.block_bytes);
    const std::uint64_t from = clock.now();
    if (error == 0) error = engine.read(offset);
    const std::uint64_t to = clock.now();
    const Label label = labels.end();
    if (error != 0) {
      all.error = read_error(plan.path, offset, error);
      break;
    }
    end_sample(sample, clock.nanoseconds(from, to) - clock.overhead_ns(), late_ns, label);
    was_slow = sample.service_ns >= slow_ns;
    all.samples.push_back(sample);
  }
  all.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return all;
}

}  // namespace bytepath::storage
