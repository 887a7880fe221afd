#include "fleet/lean_json.h"

#include <algorithm>
#include <array>

namespace bytepath::fleet {
namespace {

constexpr std::array<std::string_view, 6> dropped = {"samples",    "series", "heatmaps",
                                                     "histograms", "tables", "results"};

constexpr auto none = std::string_view::npos;

// Behind the quotation mark that ends the string which begins at `at`; `none` when it has no end.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (std::size_t end = text.find('"', at + 1); end != none; end = text.find('"', end + 1)) {
    std::size_t escapes = 0;
    while (text[end - 1 - escapes] == '\\') ++escapes;  // the opening mark stops it
    if (escapes % 2 == 0) return end + 1;
  }
  return none;
}

// What each byte means within an array that is skipped. All others mean nothing, and numbers are
// most of it.
enum class Byte : std::uint8_t { other, opens, closes, quote };
constexpr std::array<Byte, 256> bytes = [] {
  std::array<Byte, 256> table{};
  table['['] = table['{'] = Byte::opens;
  table[']'] = table['}'] = Byte::closes;
  table['"'] = Byte::quote;
  return table;
}();

// Behind the bracket that closes the one at `at`; `none` when it is not closed.
std::size_t end_of_array(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    switch (bytes[static_cast<unsigned char>(text[at])]) {
      case Byte::opens:
        ++depth;
        break;
      case Byte::closes:
        if (--depth == 0) return at + 1;
        break;
      case Byte::quote:
        at = end_of_string(text, at);
        if (at == none) return none;
        continue;
      case Byte::other:
        break;
    }
    ++at;
  }
  return none;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  return std::min(text.size(), text.find_first_not_of(" \t\r\n", at));
}

// Where the array begins of which the string that ends at `at` is the key; `none` for another
// value.
std::size_t array_of_key(std::string_view text, std::size_t at) {
  at = skip_space(text, at);
  if (at == text.size() || text[at] != ':') return none;
  at = skip_space(text, at + 1);
  return at < text.size() && text[at] == '[' ? at : none;
}

}  // namespace

std::string lean_json(std::string_view text) {
  std::string out;
  std::size_t kept = 0;  // text before it is in `out`
  std::size_t at = text.find('"');
  while (at != none) {
    const std::size_t end = end_of_string(text, at);
    if (end == none) break;
    const bool known =
        std::ranges::find(dropped, text.substr(at + 1, end - at - 2)) != dropped.end();
    const std::size_t array = known ? array_of_key(text, end) : none;
    const std::size_t behind = array == none ? none : end_of_array(text, array);
    if (array != none && behind == none) break;  // nor has the document an end
    if (behind != none) {
      out += text.substr(kept, array - kept);
      out += "[]";
      kept = behind;
    }
    at = text.find('"', behind == none ? end : behind);
  }
  out += text.substr(kept);
  return out;
}

}  // namespace bytepath::fleet
