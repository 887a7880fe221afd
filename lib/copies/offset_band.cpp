#include "copies/offset_band.h"

#include <fmt/format.h>

namespace bytepath::copies {

std::string band_name(std::size_t band) {
  const OffsetBand& range = offset_bands.at(band);
  return range.first == range.last ? fmt::format("{}", range.first)
                                   : fmt::format("{}..{}", range.first, range.last);
}

}  // namespace bytepath::copies
