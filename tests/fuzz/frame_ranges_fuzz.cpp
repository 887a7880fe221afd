#include <cstdlib>

#include "symbols/debug_file.h"
#include "symbols/frame_ranges.h"

// The sections of a file that name or bound its functions.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::uint64_t address : {std::uint64_t{0x1000}, ~std::uint64_t{0}}) {
    std::uint64_t last = 0;
    for (const auto& range : bytepath::symbols::parse_frame_ranges({data, size}, address)) {
      if (range.start < last || range.start >= range.end) std::abort();
      last = range.end;
    }
  }
  const auto link = bytepath::symbols::parse_debug_link({data, size});
  if (link && (link->name.empty() || link->name.size() >= size)) std::abort();
  return 0;
}
