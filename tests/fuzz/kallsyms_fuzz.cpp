#include <cstdlib>

#include "symbols/kernel_symbols.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto symbols = bytepath::symbols::KernelSymbols::parse(std::string(text));
  if (!symbols) return 0;
  for (std::uint64_t address = 1; address != 0; address <<= 1) {
    for (const std::uint64_t at : {address - 1, address, ~address}) {
      const auto place = symbols->find(at);
      if (place.image.empty() || place.address != at) std::abort();
      if (place.function.empty()) continue;
      if (place.function_address > at || !symbols->address_of(place.function)) std::abort();
    }
  }
  return 0;
}
