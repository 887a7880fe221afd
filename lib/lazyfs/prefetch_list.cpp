#include "lazyfs/prefetch_list.h"

#include "base/text.h"

namespace bytepath::lazyfs {
namespace {

// Takes the last word off the line.
std::optional<std::uint64_t> take_number(std::string_view& line) {
  line = trim(line);
  const auto blank = line.find_last_of(" \t");
  if (blank == std::string_view::npos) return std::nullopt;
  const auto number = parse_unsigned(line.substr(blank + 1));
  line = trim(line.substr(0, blank));
  return number;
}

}  // namespace

Result<std::vector<PrefetchEntry>> parse_prefetch_list(std::string_view text,
                                                       std::string_view name) {
  std::vector<PrefetchEntry> out;
  std::size_t number = 0;
  for (const auto whole : split(text, '\n')) {
    ++number;
    std::string_view line = trim(whole);
    if (line.empty() || line.starts_with('#')) continue;
    const auto length = take_number(line);
    const auto offset = take_number(line);
    while (line.starts_with('/')) line.remove_prefix(1);
    if (!offset || !length || line.empty() || *length > UINT64_MAX - *offset) {
      return fail(ErrorKind::usage,
                  fmt::format("{}:{}: '{}' is not a path, an offset and a length", name, number,
                              in_one_line(std::string(trim(whole)))),
                  "lines such as: usr/bin/python3.11 4096 65536");
    }
    out.push_back({.path = std::string(line), .extent = {.offset = *offset, .length = *length}});
  }
  return out;
}

}  // namespace bytepath::lazyfs
