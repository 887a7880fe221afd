#pragma once
#include <array>
#include <cstddef>
#include <string>

// The classes into which d = (destination - source) mod 4096 falls. Their borders are those of
// every class of slow offsets that was ever reported: Zen 4 has 1..15 and 16..31, Zen 3 the two as
// one, and of both 33..63 is slow for one pair of pages in sixteen. Which of them is slow here is
// measured.
namespace bytepath::copies {

struct OffsetBand {
  unsigned first = 0;
  unsigned last = 0;
};

inline constexpr std::array<OffsetBand, 5> offset_bands = {
    {{0, 0}, {1, 15}, {16, 31}, {32, 63}, {64, 4095}}};

inline std::size_t band_of(unsigned offset) {
  std::size_t band = 0;
  while (band + 1 < offset_bands.size() && offset > offset_bands.at(band).last) ++band;
  return band;
}

// "0", "1..15"
std::string band_name(std::size_t band);

}  // namespace bytepath::copies
