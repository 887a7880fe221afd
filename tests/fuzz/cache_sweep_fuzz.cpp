// Records of a trace as they are, of any objects and sizes, through every policy.
#include <cstdlib>

#include "simulation/sweep.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bytepath::simulation;
  std::vector<OracleRecord> records;
  for (std::size_t at = 0; at + oracle_record_bytes <= size; at += oracle_record_bytes) {
    records.push_back(read_oracle_record(reinterpret_cast<const std::byte*>(data + at)));
    // A large file has few different objects, or the caches would only ever miss.
    records.back().object %= 64;
  }
  constexpr std::uint64_t capacities[] = {1, 1000, std::uint64_t{1} << 33U};
  Sweep sweep(all_policies, capacities);
  sweep.add(records);
  for (const auto& cell : sweep.cells()) {
    if (cell.misses > sweep.requests() || cell.missed_bytes > sweep.bytes()) std::abort();
    if (cell.misses < sweep.objects()) std::abort();  // the first request of each misses
  }
  for (const std::uint64_t capacity : capacities) {
    for (const Policy policy : all_policies) {
      const auto cache = make_cache(policy, capacity);
      for (const Request& request : sweep.added()) {
        cache->access(request);
        if (cache->used() > capacity) std::abort();
      }
    }
  }
  return 0;
}
