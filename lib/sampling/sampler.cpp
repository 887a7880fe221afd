#include "sampling/sampler.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "trace/mapping_recorder.h"
#include "trace/perf_events.h"

namespace bytepath::sampling {
namespace {

// For each CPU: seconds of samples with some callers. An ordinary user shares
// kernel.perf_event_mlock_kb (516 KiB a CPU) with the ring of the mappings.
constexpr std::size_t ring_pages = 64;
constexpr std::size_t ring_pages_of_root = 512;

Result<trace::PerfEvents> open_events(pid_t process, const SampleEvent& event, unsigned rate) {
  const std::array kinds = {sample_event(event, rate), fault_event(event.user_only, fault_period)};
  return trace::PerfEvents::open(process, kinds,
                                 ::geteuid() == 0 ? ring_pages_of_root : ring_pages);
}

struct Opened {
  trace::PerfEvents events;
  SampleEvent event;
};

// The best that this host has and this user may have. A PMU's cycles with the kernel's half, the
// CPU clock with it, and then both without.
Result<Opened> open_best(pid_t process, const SamplerOptions& options) {
  std::optional<Error> refused;
  for (const bool user_only : {false, true}) {
    for (const auto clock : {SampleClock::cycles, SampleClock::cpu_clock}) {
      const SampleEvent event{
          .clock = clock, .user_only = user_only, .user_callers = options.user_callers};
      auto events = open_events(process, event, options.rate);
      if (events) return Opened{.events = std::move(*events), .event = event};
      refused = std::move(events).error();
    }
  }
  return std::unexpected(*refused);
}

}  // namespace

struct Sampler::State {
  SampleEvent event;
  trace::PerfEvents events;
  trace::MappingRecorder recorder;
  trace::MappingTable table;
  std::vector<trace::MappingChange> changes;  // not yet in force at the last sample
  std::uint64_t throttled = 0;

  void apply_until(std::uint64_t time_ns) {
    std::size_t applied = 0;
    while (applied < changes.size() && changes[applied].time_ns <= time_ns)
      table.apply(changes[applied++]);
    changes.erase(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(applied));
  }
};

Sampler::Sampler(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sampler::Sampler(Sampler&&) noexcept = default;
Sampler& Sampler::operator=(Sampler&&) noexcept = default;
Sampler::~Sampler() = default;

Result<Sampler> Sampler::open(pid_t process, const SamplerOptions& options) {
  BYTEPATH_TRY(recorder, trace::MappingRecorder::open(process));
  BYTEPATH_TRY(opened, open_best(process, options));
  return Sampler(std::make_unique<State>(State{.event = opened.event,
                                               .events = std::move(opened.events),
                                               .recorder = std::move(recorder),
                                               .table = {},
                                               .changes = {}}));
}

const SampleEvent& Sampler::event() const { return state_->event; }

void Sampler::drain(const Take& take) {
  std::vector<Sample> samples;
  state_->events.drain([&](const perf_event_header&, std::span<const std::byte> bytes) {
    auto record = parse_sample_record(bytes);
    if (!record) return;
    if (record->throttled) ++state_->throttled;
    if (record->sample) samples.push_back(std::move(*record->sample));
  });
  // After the samples, so that no mapping that one of them needs is missing.
  state_->recorder.drain(state_->changes);
  std::ranges::stable_sort(state_->changes, {}, &trace::MappingChange::time_ns);
  std::ranges::stable_sort(samples, {}, &Sample::time_ns);
  for (const auto& sample : samples) {
    state_->apply_until(sample.time_ns);
    const bool fault = state_->events.kind_of(sample.event_id) == 1;
    take(fault ? What::page_fault : What::clock, sample, state_->table);
  }
}

SampleLosses Sampler::losses() const {
  return {.samples = state_->events.lost(),
          .mappings = state_->recorder.lost(),
          .throttled = state_->throttled};
}

}  // namespace bytepath::sampling
