#include "trace/perf_fault_record.h"

#include <cstring>
#include <ctime>
#include <limits>

namespace bytepath::trace {
namespace {

// In the order that perf_event_open(2) gives the parts that sample_type asks for.
struct Sample {
  perf_event_header header;
  std::uint64_t event_id;  // PERF_SAMPLE_IDENTIFIER
  std::uint64_t instruction;
  std::uint32_t process;
  std::uint32_t thread;
  std::uint64_t time_ns;
  std::uint64_t address;
};

// PERF_RECORD_SWITCH has no body: only what sample_id_all adds, in its own order.
struct Switch {
  perf_event_header header;
  std::uint32_t process;
  std::uint32_t thread;
  std::uint64_t time_ns;
  std::uint64_t event_id;
};

constexpr std::uint64_t sample_type =
    PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR;

template <class Whole>
std::optional<Whole> whole(std::span<const std::byte> record) {
  Whole result{};
  if (record.size() < sizeof result) return std::nullopt;
  std::memcpy(&result, record.data(), sizeof result);
  return result;
}

std::optional<FaultRecord> parse_sample(std::span<const std::byte> record) {
  const auto sample = whole<Sample>(record);
  if (!sample) return std::nullopt;
  const auto mode = sample->header.misc & PERF_RECORD_MISC_CPUMODE_MASK;
  return FaultRecord{.event_id = sample->event_id,
                     .step = {.from_kernel = mode == PERF_RECORD_MISC_KERNEL,
                              .process = sample->process,
                              .thread = sample->thread,
                              .time_ns = sample->time_ns,
                              .address = sample->address,
                              .instruction = sample->instruction}};
}

std::optional<FaultRecord> parse_switch(std::span<const std::byte> record) {
  const auto left = whole<Switch>(record);
  if (!left || (left->header.misc & PERF_RECORD_MISC_SWITCH_OUT) == 0 ||
      (left->header.misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0)
    return std::nullopt;
  return FaultRecord{.step = {.kind = FaultStep::Kind::slept,
                              .process = left->process,
                              .thread = left->thread,
                              .time_ns = left->time_ns}};
}

}  // namespace

std::array<PerfEventKind, 3> fault_events(bool user_only) {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.sample_period = 1;
  attributes.sample_type = sample_type;
  attributes.sample_id_all = 1;
  attributes.exclude_kernel = user_only ? 1 : 0;
  attributes.use_clockid = 1;
  attributes.clockid = CLOCK_MONOTONIC;
  attributes.watermark = 1;  // nobody sleeps on the ring: the kernel takes its size for this
  attributes.wakeup_watermark = std::numeric_limits<std::uint32_t>::max();
  std::array<PerfEventKind, 3> kinds;
  const std::array<std::uint64_t, 3> events{
      PERF_COUNT_SW_PAGE_FAULTS, PERF_COUNT_SW_PAGE_FAULTS_MIN, PERF_COUNT_SW_PAGE_FAULTS_MAJ};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    attributes.config = events[i];
    attributes.context_switch = i == 0 ? 1 : 0;
    kinds[i] = {.attributes = attributes, .what = "page faults"};
  }
  return kinds;
}

std::optional<FaultRecord> parse_fault_record(std::span<const std::byte> record) {
  const auto header = whole<perf_event_header>(record);
  if (!header) return std::nullopt;
  switch (header->type) {
    case PERF_RECORD_SAMPLE:
      return parse_sample(record);
    case PERF_RECORD_SWITCH:
      return parse_switch(record);
    default:
      return std::nullopt;
  }
}

}  // namespace bytepath::trace
