#include <cstdlib>

#include "host/process_maps.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& mapping : bytepath::host::parse_process_maps(text))
    if (mapping.first >= mapping.last || mapping.path.size() > size) std::abort();
  return 0;
}
