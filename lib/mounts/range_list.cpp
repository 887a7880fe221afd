#include "mounts/range_list.h"

#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::mounts {
namespace {

constexpr std::size_t most_list_bytes = std::size_t{1} << 30;

// Takes the last word off, which is a number.
std::optional<std::uint64_t> take_last_number(std::string_view& line) {
  const auto space = line.find_last_of(" \t");
  if (space == std::string_view::npos) return std::nullopt;
  const auto number = parse_unsigned(line.substr(space + 1));
  line = trim(line.substr(0, space));
  return number;
}

std::optional<FileRange> range_of(std::string_view line) {
  const auto bytes = take_last_number(line);
  const auto offset = take_last_number(line);
  if (!bytes || !offset || !line.starts_with('/')) return std::nullopt;
  return FileRange{.path = std::string(line), .offset = *offset, .bytes = *bytes};
}

}  // namespace

Result<std::vector<FileRange>> ranges_from_text(std::string_view text, std::string_view name) {
  std::vector<FileRange> ranges;
  std::size_t number = 0;
  for (const std::string_view whole_line : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(whole_line);
    if (line.empty() || line.starts_with('#')) continue;
    const auto range = range_of(line);
    if (!range) {
      return fail(ErrorKind::usage,
                  fmt::format("{}: line {} is no range: {}", name, number,
                              in_one_line(std::string(line.substr(0, 80)))),
                  "a line is a path that begins with /, an offset and a length in bytes");
    }
    ranges.push_back(*range);
  }
  return ranges;
}

Result<std::vector<FileRange>> read_ranges(const std::string& path) {
  const auto text = read_file(path, most_list_bytes);
  if (!text) {
    return fail(ErrorKind::usage, text.error().message, "give a list of ranges that can be read");
  }
  return ranges_from_text(*text, path);
}

std::string ranges_text(std::span<const FileRange> ranges) {
  std::string text;
  for (const auto& range : ranges) {
    fmt::format_to(std::back_inserter(text), "{} {} {}\n", range.path, range.offset, range.bytes);
  }
  return text;
}

}  // namespace bytepath::mounts
