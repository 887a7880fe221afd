#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chunks/erasure_code.h"

// Values of whatif's options that no other program has.
namespace bytepath::chunk_probe {

// Errors (usage) name the option.
Result<double> number_between(std::string_view option, std::string_view text, double low,
                              double high);

struct Cron {
  std::uint64_t every = 0;  // starts; 0: none
  std::uint32_t functions = 0;
};
// "200:100"; of an empty text there is none.
Result<Cron> parse_cron(std::string_view text);

// "1/1,4/5"
Result<std::vector<chunks::ErasureCode>> parse_codes(std::string_view text);

}  // namespace bytepath::chunk_probe
