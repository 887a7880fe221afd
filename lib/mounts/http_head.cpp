#include "mounts/http_head.h"

#include <algorithm>

#include "base/text.h"

namespace bytepath::mounts {
namespace {

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char one, char other) {
    return (one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one) == other;
  });
}

// "http://user:word@host/path?query" and "/path?query" are "/path".
std::string_view path_of(std::string_view target) {
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos) {
    const auto slash = target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target.substr(0, target.find_first_of("?#"));
}

void read_range(std::string_view value, HttpHead& head) {
  constexpr std::string_view unit = "bytes=";
  value = trim(value);
  if (!value.starts_with(unit)) return;
  value.remove_prefix(unit.size());
  const auto dash = value.find('-');
  if (dash == std::string_view::npos) return;
  const auto first = parse_unsigned(trim(value.substr(0, dash)));
  const auto last = parse_unsigned(trim(value.substr(dash + 1)));
  if (!first || (!last && dash + 1 < value.size()) || (last && *last < *first)) return;
  head.first = first;
  head.last = last;
}

}  // namespace

std::optional<HttpHead> read_http_head(std::string_view text) {
  const auto line_end = text.find("\r\n");
  const std::string_view line = text.substr(0, line_end);
  const auto parts = split(line, ' ');
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  if (!std::ranges::all_of(parts[0], [](char letter) { return letter >= 'A' && letter <= 'Z'; }))
    return std::nullopt;
  const bool whole_line = line_end != std::string_view::npos;
  if (whole_line && (parts.size() != 3 || !parts[2].starts_with("HTTP/1."))) return std::nullopt;
  HttpHead head{.method = std::string(parts[0]), .path = std::string(path_of(parts[1]))};
  while (text.find("\r\n") != std::string_view::npos) {
    text.remove_prefix(text.find("\r\n") + 2);
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos || end == 0) break;  // cut off: a number may be
    const std::string_view header = text.substr(0, end);
    const auto colon = header.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(header.substr(0, colon), "range"))
      read_range(header.substr(colon + 1), head);
  }
  return head;
}

}  // namespace bytepath::mounts
