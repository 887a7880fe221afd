#pragma once
#include <string>

// Numbers with as few digits as tell them from their neighbours, in the two notations of
// hyperfine's exports. Neither has a locale.
namespace bytepath::benchmark {

// Never an exponent and no point that is not needed: "1", "16.5", "0.00001234"; "inf", "NaN".
std::string plain_number(double value);

// "1.0", "0.00001234", "1e-6", "1.5e17": a whole number keeps its ".0", and the exponent comes
// where the point would be more than 5 zeros or 16 digits away. What JSON cannot hold is "null".
std::string json_number(double value);

}  // namespace bytepath::benchmark
