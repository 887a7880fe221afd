#include "sampling/sample_record.h"

#include <asm/perf_regs.h>

#include <cstring>
#include <ctime>
#include <limits>

namespace bytepath::sampling {
namespace {

constexpr std::uint64_t registers_wanted = (std::uint64_t{1} << PERF_REG_X86_CX) |
                                           (std::uint64_t{1} << PERF_REG_X86_SI) |
                                           (std::uint64_t{1} << PERF_REG_X86_DI);

// In the order that perf_event_open(2) gives the parts that sample_type asks for; the call chain
// and the registers, whose sizes vary, come behind it. No PERIOD: with it the kernel writes a
// record of every page fault, whatever the event's period (perf_swevent_event).
struct Fixed {
  perf_event_header header;
  std::uint64_t event_id;
  std::uint64_t address;
  std::uint32_t process;
  std::uint32_t thread;
  std::uint64_t time_ns;
};

constexpr std::uint64_t sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
                                      PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN |
                                      PERF_SAMPLE_REGS_INTR;

template <class Whole>
bool take(std::span<const std::byte>& rest, Whole& whole) {
  if (rest.size() < sizeof whole) return false;
  std::memcpy(&whole, rest.data(), sizeof whole);
  rest = rest.subspan(sizeof whole);
  return true;
}

// PERF_CONTEXT_KERNEL and its like stand before the addresses of their kind.
bool is_context(std::uint64_t address) {
  return address >= static_cast<std::uint64_t>(PERF_CONTEXT_MAX);
}

bool take_callers(std::span<const std::byte>& rest, Sample& sample) {
  std::uint64_t count = 0;
  if (!take(rest, count) || count > rest.size() / sizeof count) return false;
  std::vector<std::uint64_t>* callers = nullptr;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t address = 0;
    take(rest, address);
    if (is_context(address)) {
      callers = nullptr;
      if (address == static_cast<std::uint64_t>(PERF_CONTEXT_KERNEL))
        callers = &sample.kernel_callers;
      if (address == static_cast<std::uint64_t>(PERF_CONTEXT_USER)) callers = &sample.user_callers;
    } else if (callers != nullptr) {
      callers->push_back(address);
    }
  }
  // The first of a chain is the place itself.
  auto& own = sample.kernel ? sample.kernel_callers : sample.user_callers;
  if (!own.empty() && own.front() == sample.address) own.erase(own.begin());
  return true;
}

bool take_registers(std::span<const std::byte>& rest, Sample& sample) {
  std::uint64_t abi = 0;
  if (!take(rest, abi)) return false;
  if (abi == PERF_SAMPLE_REGS_ABI_NONE) return true;
  StringRegisters registers;
  // In the order of their bits: CX, SI, DI.
  if (!take(rest, registers.count) || !take(rest, registers.source) ||
      !take(rest, registers.destination))
    return false;
  if (abi == PERF_SAMPLE_REGS_ABI_64) sample.registers = registers;
  return true;
}

std::optional<SampleRecord> parse_sample(std::span<const std::byte> record) {
  Fixed fixed{};
  if (!take(record, fixed)) return std::nullopt;
  const auto mode = fixed.header.misc & PERF_RECORD_MISC_CPUMODE_MASK;
  Sample sample{.event_id = fixed.event_id,
                .address = fixed.address,
                .process = fixed.process,
                .thread = fixed.thread,
                .time_ns = fixed.time_ns,
                .kernel = mode == PERF_RECORD_MISC_KERNEL};
  if (!take_callers(record, sample) || !take_registers(record, sample)) return std::nullopt;
  return SampleRecord{.sample = std::move(sample)};
}

perf_event_attr common_attributes(bool user_only) {
  perf_event_attr attributes{};
  attributes.sample_type = sample_type;
  attributes.sample_regs_intr = registers_wanted;
  attributes.sample_id_all = 1;
  attributes.exclude_kernel = user_only ? 1 : 0;
  attributes.exclude_hv = 1;
  attributes.exclude_callchain_kernel = user_only ? 1 : 0;
  attributes.use_clockid = 1;
  attributes.clockid = CLOCK_MONOTONIC;
  attributes.watermark = 1;  // nobody sleeps on the ring: the kernel takes its size for this
  attributes.wakeup_watermark = std::numeric_limits<std::uint32_t>::max();
  return attributes;
}

}  // namespace

trace::PerfEventKind sample_event(const SampleEvent& event, unsigned rate) {
  perf_event_attr attributes = common_attributes(event.user_only);
  if (event.clock == SampleClock::cycles) {
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_CPU_CYCLES;
  } else {
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_CPU_CLOCK;
  }
  attributes.freq = 1;
  attributes.sample_freq = rate;
  attributes.exclude_callchain_user = event.user_callers ? 0 : 1;
  return {.attributes = attributes, .what = "samples"};
}

trace::PerfEventKind fault_event(bool user_only, unsigned period) {
  perf_event_attr attributes = common_attributes(user_only);
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_PAGE_FAULTS;
  attributes.sample_period = period;
  attributes.exclude_callchain_kernel = 1;
  attributes.exclude_callchain_user = 1;
  return {.attributes = attributes, .what = "page faults"};
}

std::optional<SampleRecord> parse_sample_record(std::span<const std::byte> record) {
  perf_event_header header{};
  std::span<const std::byte> rest = record;
  if (!take(rest, header)) return std::nullopt;
  switch (header.type) {
    case PERF_RECORD_SAMPLE:
      return parse_sample(record);
    case PERF_RECORD_THROTTLE:
      return SampleRecord{.sample = {}, .throttled = true};
    default:
      return std::nullopt;
  }
}

}  // namespace bytepath::sampling
