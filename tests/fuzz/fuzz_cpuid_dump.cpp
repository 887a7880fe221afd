#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "host/cpuid_dump.h"
#include "host/cpuid_enumerate.h"
#include "host/cpuid_text.h"

namespace {

using namespace bytepath::host;

// What was parsed has to survive a round trip, be decoded and be enumerated again.
void exercise(const CpuidDump& dump) {
  const auto again = parse_dump(format_dump(dump), "again");
  if (!again || *again != dump) std::abort();
  if (to_text(decode(dump)).empty()) std::abort();
  const Leaves& leaves = dump.cpus.front().leaves;
  const CpuidReader replay = [&](std::uint32_t leaf, std::uint32_t subleaf) {
    const auto at = leaves.find({.leaf = leaf, .subleaf = subleaf});
    return at == leaves.end() ? std::nullopt : std::optional(at->second);
  };
  if (!enumerate_leaves(replay)) std::abort();
  read_core_key(replay);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto dump = parse_dump(text, "fuzz")) exercise(*dump);
  return 0;
}
