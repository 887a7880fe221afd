#include <array>
#include <cstdlib>

#include "symbols/image.h"

// A program or library as somebody else made it, asked for names and code all over.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto image = bytepath::symbols::Image::from_bytes({data, data + size}, "/fuzz");
  if (!image) return 0;
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint64_t offset = 0; offset < 0x5000; offset += 8) {
    const auto linked = image->linked_address(offset);
    if (!linked) continue;
    const auto place = image->find(*linked);
    if (place.image != "/fuzz" || place.address != *linked) std::abort();
    if (place.function_address > place.address) std::abort();
    (void)image->read(*linked, bytes);
  }
  return 0;
}
