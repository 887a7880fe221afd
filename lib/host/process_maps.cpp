#include "host/process_maps.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace bytepath::host {
namespace {

constexpr std::size_t max_mappings = 1U << 20;
constexpr std::string_view deleted_suffix = " (deleted)";

// Cuts the next word off the front of rest.
std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

std::optional<ProcessMapping> parse_line(std::string_view line) {
  const std::string_view range = next_word(line);
  const std::string_view permissions = next_word(line);
  const auto offset = parse_unsigned(next_word(line), 16);
  const std::string_view device = next_word(line);
  const auto inode = parse_unsigned(next_word(line));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || permissions.size() != 4 || !offset || !inode)
    return std::nullopt;
  const auto first = parse_unsigned(range.substr(0, dash), 16);
  const auto last = parse_unsigned(range.substr(dash + 1), 16);
  if (!first || !last || *first >= *last) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  ProcessMapping mapping{.first = *first,
                         .last = *last,
                         .readable = permissions[0] == 'r',
                         .writable = permissions[1] == 'w',
                         .executable = permissions[2] == 'x',
                         .file_offset = *offset,
                         .device = std::string(device),
                         .inode = *inode,
                         .deleted = line.ends_with(deleted_suffix)};
  if (mapping.deleted) line.remove_suffix(deleted_suffix.size());
  mapping.path = line;
  return mapping;
}

}  // namespace

std::vector<ProcessMapping> parse_process_maps(std::string_view text) {
  std::vector<ProcessMapping> mappings;
  while (!text.empty() && mappings.size() < max_mappings) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto mapping = parse_line(text.substr(0, end))) mappings.push_back(std::move(*mapping));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return mappings;
}

}  // namespace bytepath::host
