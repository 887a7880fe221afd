#include "counters/counter_set.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <utility>

#include "counters/refusal.h"
#include "counters/scale.h"

namespace bytepath::counters {
namespace {

// A descriptor or why there is none.
struct Attempt {
  Descriptor descriptor;
  int errno_value = 0;
};

Attempt open_on(pid_t task, perf_event_attr& attributes) {
  constexpr int any_cpu = -1;
  constexpr int no_group = -1;  // a group counts only while all of it fits into the PMU
  const long fd =
      ::syscall(SYS_perf_event_open, &attributes, task, any_cpu, no_group, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) return {.errno_value = errno};
  return {.descriptor = Descriptor(static_cast<int>(fd))};
}

// exclude_kernel, so that every user may open it.
Attempt open_anchor(pid_t task) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;
  return open_on(task, attributes);
}

Attempt open_event(pid_t task, const Event& event, bool user_only) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = event.type;
  attributes.config = event.config;
  attributes.config1 = event.config1;
  attributes.config2 = event.config2;
  attributes.disabled = 1;
  attributes.inherit = 1;
  attributes.enable_on_exec = 1;
  attributes.exclude_kernel = user_only ? 1 : 0;
  attributes.exclude_user = event.kernel_only ? 1 : 0;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  return open_on(task, attributes);
}

// The kernel names the CPU's own PMU "cpu", those of a hybrid CPU "cpu_core" and "cpu_atom".
bool has_pmu() {
  std::error_code ignored;
  for (const auto* name : {"cpu", "cpu_core"}) {
    const std::filesystem::path devices = "/sys/bus/event_source/devices";
    if (std::filesystem::exists(devices / name, ignored)) return true;
  }
  return false;
}

// Opens with the kernel's part, else without it; says in `counter` what came of it.
Descriptor open_counter(pid_t task, Counter& counter) {
  const Event& event = counter.event;
  if (!event.absent_pmu.empty()) {
    counter.refused = refusal_of_foreign(event);
    return {};
  }
  bool user_only = event.user_only;
  Attempt attempt = open_event(task, event, user_only);
  if (is_denial(attempt.errno_value) && !user_only && may_leave_kernel_out(event)) {
    user_only = true;
    attempt = open_event(task, event, user_only);
  }
  if (attempt.descriptor) {
    counter.user_only = user_only && !is_clock(event);
  } else {
    counter.refused = refusal(event, attempt.errno_value, has_pmu());
  }
  return std::move(attempt.descriptor);
}

}  // namespace

CounterSet CounterSet::open(pid_t task, std::vector<Event> events) {
  CounterSet set;
  Attempt anchor = open_anchor(task);
  set.anchor_ = std::move(anchor.descriptor);
  for (Event& event : events) {
    Counter counter{.event = std::move(event)};
    Descriptor descriptor;
    if (set.anchor_) {
      descriptor = open_counter(task, counter);
    } else {
      counter.refused = refusal_of_task(task, anchor.errno_value);
    }
    set.counters_.push_back(std::move(counter));
    set.descriptors_.push_back(std::move(descriptor));
  }
  set.last_.resize(set.counters_.size());
  return set;
}

std::vector<Reading> CounterSet::read() {
  constexpr Reading nothing{.value = std::numeric_limits<double>::quiet_NaN(), .running = 0};
  std::vector<Reading> readings;
  readings.reserve(descriptors_.size());
  for (std::size_t i = 0; i < descriptors_.size(); ++i) {
    std::array<std::uint64_t, 3> read_format{};  // value, time enabled, time running
    const bool complete =
        descriptors_[i] && ::read(descriptors_[i].get(), read_format.data(), sizeof read_format) ==
                               static_cast<ssize_t>(sizeof read_format);
    if (!complete) {
      readings.push_back(nothing);
      continue;
    }
    const auto [value, enabled, running] = read_format;
    const Raw before = std::exchange(last_[i], {value, enabled, running});
    readings.push_back(
        scale(value - before.value, enabled - before.enabled, running - before.running));
  }
  return readings;
}

}  // namespace bytepath::counters
