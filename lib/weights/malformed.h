#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bytepath::weights {

// A word that a file contains, for a message of one line: in quotes, without control characters,
// cut where it is long.
std::string in_quotes(std::string_view text);

// What is most often wrong with a file that contradicts itself.
inline constexpr std::string_view damaged_hint =
    "is the file damaged, or still being downloaded? compare its size and checksum";

// "cannot read model.gguf: at byte 24: it says that ...". The place is counted from the beginning
// of the file.
std::unexpected<Error> malformed(std::string_view path, std::uint64_t place,
                                 std::string_view reason, std::string_view hint = damaged_hint);
// Where no single place is wrong.
std::unexpected<Error> malformed(std::string_view path, std::string_view reason,
                                 std::string_view hint = damaged_hint);

}  // namespace bytepath::weights
