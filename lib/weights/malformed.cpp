#include "weights/malformed.h"

namespace bytepath::weights {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string out = "'";
  for (const char c : text.substr(0, longest)) {
    const bool printable = c >= ' ' && c <= '~';
    out += printable
               ? std::string(1, c)
               : fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  if (text.size() > longest) out += "...";
  return out + "'";
}

std::unexpected<Error> malformed(std::string_view path, std::uint64_t place,
                                 std::string_view reason, std::string_view hint) {
  return malformed(path, fmt::format("at byte {}: {}", place, reason), hint);
}

std::unexpected<Error> malformed(std::string_view path, std::string_view reason,
                                 std::string_view hint) {
  return fail(ErrorKind::usage, fmt::format("cannot read {}: {}", path, reason), std::string(hint));
}

}  // namespace bytepath::weights
