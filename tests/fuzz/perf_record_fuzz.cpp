#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "trace/mapping_recorder.h"
#include "trace/perf_fault_pairing.h"
#include "trace/perf_fault_record.h"

namespace {

using namespace bytepath::trace;

// No two mappings of a process overlap, whatever the records say.
void check(const MappingTable& table, std::uint32_t process) {
  const auto* space = table.of_process(process);
  if (space == nullptr) return;
  std::uint64_t end = 0;
  for (const auto& [start, mapping] : *space) {
    if (start != mapping.start || start < end || mapping.end <= start) std::abort();
    end = mapping.end;
  }
}

// A record of a fault, as if its event were known by the id's last digit.
void add_step(std::span<const std::byte> record, FaultPairing& pairing, std::size_t& steps) {
  auto parsed = parse_fault_record(record);
  if (!parsed) return;
  if (parsed->step.kind != FaultStep::Kind::slept)
    parsed->step.kind = static_cast<FaultStep::Kind>(parsed->event_id % 3);
  pairing.add(parsed->step);
  ++steps;
}

}  // namespace

// Records one after the other, as a ring has them; a size that cannot be takes the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MappingTable table;
  FaultPairing pairing;
  std::size_t steps = 0;
  while (size != 0) {
    perf_event_header header{};
    std::memcpy(&header, data, std::min(size, sizeof header));
    const std::size_t taken =
        header.size >= sizeof header && header.size <= size ? header.size : size;
    // A copy, so that a read beyond the record is a read beyond the memory.
    const std::vector<std::uint8_t> record(data, data + taken);
    MappingChange change;
    if (parse_mapping_record(record.data(), record.size(), change)) {
      table.apply(change);
      check(table, change.process);
      if (change.mapping.path.contains('\0')) std::abort();
    }
    add_step(std::as_bytes(std::span(record)), pairing, steps);
    data += taken;
    size -= taken;
  }
  std::vector<bytepath_fault> faults;
  pairing.pair_until(std::numeric_limits<std::uint64_t>::max(), faults);
  pairing.finish();
  if (2 * faults.size() + pairing.unpaired() > steps) std::abort();
  return 0;
}
