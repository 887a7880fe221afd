#include <cstdlib>

#include "symbols/perf_map.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto map = bytepath::symbols::PerfMap::parse(text);
  if (map.size() > size) std::abort();
  for (std::uint64_t address = 1; address != 0; address <<= 1) {
    for (const std::uint64_t at : {address - 1, address, address + 0x1000}) {
      const auto found = map.find(at);
      if (found && (found->start > at || found->name.empty() || found->name.size() > size))
        std::abort();
    }
  }
  return 0;
}
