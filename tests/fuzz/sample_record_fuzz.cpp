#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "sampling/profile.h"
#include "sampling/sample_record.h"

// One record. Whatever it holds, what is taken from it is no more than it has bytes for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bytepath::sampling;
  // A copy, so that a read beyond the record is a read beyond the memory.
  const std::vector<std::uint8_t> record(data, data + size);
  const auto parsed = parse_sample_record(std::as_bytes(std::span(record)));
  if (!parsed || !parsed->sample) return 0;
  const Sample& sample = *parsed->sample;
  const std::size_t callers = sample.kernel_callers.size() + sample.user_callers.size();
  if (callers * sizeof(std::uint64_t) > size) std::abort();
  Profile profile;
  profile.add(sample, {}, 1);
  if (profile.stacks().size() != 1) std::abort();
  return 0;
}
