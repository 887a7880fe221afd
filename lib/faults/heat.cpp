#include "faults/heat.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "base/descriptor.h"
#include "base/root.h"
#include "faults/heat_reader.h"
#include "host/damon.h"
#include "process/process_handle.h"

namespace bytepath::faults {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How soon a wait notices that the user wants it to end.
constexpr milliseconds slice{50};

double nanoseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::nano>(duration).count();
}
double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

class Sampling {
 public:
  Sampling(const HeatOptions& options, WatchedFiles& files, const HeatSink& sink,
           const Progress& progress)
      : options_(options),
        files_(files),
        sink_(sink),
        progress_(progress),
        reader_(options.process, options.totals_only, files) {}

  Result<HeatOutcome> run(Descriptor process);

 private:
  // Waits; false when it is to end before.
  bool wait_until(Clock::time_point until);
  bool process_ended(milliseconds wait = milliseconds(0)) const;
  // One window; an error when it is none.
  Result<> sample();
  HeatOutcome finish(HeatEnd end);

  const HeatOptions& options_;
  WatchedFiles& files_;
  const HeatSink& sink_;
  const Progress& progress_;
  HeatReader reader_;
  Descriptor process_;  // a pidfd
  HeatOutcome outcome_;
  std::optional<Clock::time_point> first_begin_;
  bool interrupted_ = false;
};

bool Sampling::process_ended(milliseconds wait) const {
  pollfd event{.fd = process_.get(), .events = POLLIN};
  return ::poll(&event, 1, static_cast<int>(wait.count())) > 0;
}

bool Sampling::wait_until(Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    interrupted_ = !progress_(outcome_.windows, options_.rounds, "windows");
    if (interrupted_ || process_ended(std::clamp(left, milliseconds(0), slice))) return false;
    if (left <= milliseconds(0)) return true;
  }
}

Result<> Sampling::sample() {
  HeatWindow window;
  const auto start = Clock::now();
  if (auto cleared = clear_accessed(options_.process); !cleared) return cleared;
  const auto begin = Clock::now();
  if (!first_begin_) first_begin_ = begin;
  if (!wait_until(begin + options_.interval)) return {};
  const auto walk = Clock::now();
  BYTEPATH_TRY(files, reader_.read());
  window.begin_seconds = seconds(begin - *first_begin_);
  window.seconds = seconds(walk - begin);
  window.clear_ns = nanoseconds(begin - start);
  window.walk_ns = nanoseconds(Clock::now() - walk);
  window.files = std::move(files);
  ++outcome_.windows;
  sink_(window, files_);
  return {};
}

HeatOutcome Sampling::finish(HeatEnd end) {
  outcome_.end = end;
  outcome_.damon = !host::find_damon_schemes(Root{}).empty();
  outcome_.no_accessed_bits = reader_.no_accessed_bits();
  return std::move(outcome_);
}

Result<HeatOutcome> Sampling::run(Descriptor process) {
  process_ = std::move(process);
  // What is mapped before the first window: see FileHeat::fresh.
  if (auto before = reader_.read(); !before) return std::unexpected(std::move(before).error());
  while (options_.rounds == 0 || outcome_.windows + outcome_.spoilt < options_.rounds) {
    const auto sampled = sample();
    // Its memory is gone a moment before the process is.
    if (process_ended(sampled ? milliseconds(0) : slice)) return finish(HeatEnd::process_ended);
    if (interrupted_) return finish(HeatEnd::interrupted);
    if (sampled) continue;
    if (sampled.error().kind == ErrorKind::denied) return std::unexpected(sampled.error());
    ++outcome_.spoilt;
    if (!wait_until(Clock::now() + options_.interval) && interrupted_)
      return finish(HeatEnd::interrupted);
  }
  return finish(HeatEnd::all_rounds);
}

}  // namespace

Result<HeatOutcome> sample_heat(const HeatOptions& options, WatchedFiles& files,
                                const HeatSink& sink, const Progress& progress) {
  BYTEPATH_TRY(process, process::open_process(options.process));
  return Sampling(options, files, sink, progress).run(std::move(process));
}

}  // namespace bytepath::faults
