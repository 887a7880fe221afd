#include "symbols/perf_map.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace bytepath::symbols {
namespace {

constexpr std::size_t max_name_bytes = 4096;
constexpr std::size_t max_pieces = 4U << 20;

// Cuts a hexadecimal number, with or without 0x, and the space behind it off the front.
std::optional<std::uint64_t> next_number(std::string_view& line) {
  if (line.starts_with("0x") || line.starts_with("0X")) line.remove_prefix(2);
  std::uint64_t number = 0;
  const char* const begin = line.data();
  const char* const end = begin + line.size();
  const auto [rest, error] = std::from_chars(begin, end, number, 16);
  if (error != std::errc{} || rest == end || *rest != ' ') return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(rest - line.data()) + 1);
  return number;
}

}  // namespace

PerfMap PerfMap::parse(std::string_view text) {
  PerfMap map;
  while (!text.empty() && map.pieces_.size() < max_pieces) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto start = next_number(line);
    if (!start) continue;
    const auto bytes = next_number(line);
    if (!bytes || *bytes == 0 || *bytes > ~*start || line.empty()) continue;
    map.put({.start = *start, .end = *start + *bytes}, line.substr(0, max_name_bytes));
  }
  return map;
}

void PerfMap::put(AddressRange range, std::string_view name) {
  // Cut what lies below: at most one piece reaches in from before, and one beyond the end.
  auto each = pieces_.lower_bound(range.start);
  if (each != pieces_.begin()) {
    Piece& before = std::prev(each)->second;
    if (before.end > range.end) pieces_.emplace(range.end, before);
    before.end = std::min(before.end, range.start);
  }
  each = pieces_.lower_bound(range.start);
  while (each != pieces_.end() && each->first < range.end) {
    const Piece old = each->second;
    each = pieces_.erase(each);
    if (old.end > range.end) pieces_.emplace(range.end, old);
  }
  pieces_.emplace(range.start, Piece{.end = range.end,
                                     .start = range.start,
                                     .name_at = names_.size(),
                                     .name_bytes = name.size()});
  names_ += name;
}

std::optional<PerfMap::Found> PerfMap::find(std::uint64_t address) const {
  const auto above = pieces_.upper_bound(address);
  if (above == pieces_.begin()) return std::nullopt;
  const Piece& piece = std::prev(above)->second;
  if (address >= piece.end) return std::nullopt;
  return Found{.name = std::string_view(names_).substr(piece.name_at, piece.name_bytes),
               .start = piece.start};
}

}  // namespace bytepath::symbols
