#include "lazyfs/http_range.h"

#include <algorithm>

#include "base/text.h"

namespace bytepath::lazyfs {
namespace {

// Numbers beyond 64 bits are as far beyond the end of a file as any.
std::optional<std::uint64_t> position(std::string_view digits) {
  const bool all_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (digits.empty() || !all_digits) return std::nullopt;
  return parse_unsigned(digits).value_or(UINT64_MAX);
}

}  // namespace

RangeAnswer answer_range(std::optional<std::string_view> header, std::uint64_t file_bytes) {
  using Kind = RangeAnswer::Kind;
  const RangeAnswer whole{.kind = Kind::whole, .extent = {.offset = 0, .length = file_bytes}};
  constexpr std::string_view unit = "bytes=";
  if (!header || !header->starts_with(unit)) return whole;
  const std::string_view range = trim(header->substr(unit.size()));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view first_text = range.substr(0, dash);
  const std::string_view last_text = range.substr(dash + 1);
  const auto first = position(first_text);
  const auto last = position(last_text);
  if (first_text.empty() && last) {  // the last bytes
    const std::uint64_t length = std::min(*last, file_bytes);
    if (length == 0) return {.kind = Kind::not_satisfiable};
    return {.kind = Kind::part, .extent = {.offset = file_bytes - length, .length = length}};
  }
  const bool has_last = !last_text.empty();
  if (!first || (has_last && (!last || *last < *first))) return whole;
  if (*first >= file_bytes) return {.kind = Kind::not_satisfiable};
  const std::uint64_t rest = file_bytes - *first;
  const std::uint64_t length = has_last ? std::min(*last - *first, rest - 1) + 1 : rest;
  return {.kind = Kind::part, .extent = {.offset = *first, .length = length}};
}

}  // namespace bytepath::lazyfs
