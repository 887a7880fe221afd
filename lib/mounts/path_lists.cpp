#include "mounts/path_lists.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "mounts/file_path.h"

namespace bytepath::mounts {
namespace {

using Json = nlohmann::json;

constexpr std::string_view blanks = " \t\r";

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

FileRange whole_file(std::string_view path) {
  return {.path = clean_path(path), .offset = 0, .bytes = FileRange::to_the_end};
}

std::unexpected<Error> wrong(std::string_view name, std::size_t number, std::string_view what,
                             std::string_view text) {
  constexpr std::size_t most_shown = 80;
  return fail(ErrorKind::usage,
              fmt::format("{}: {} {} is no path: {}", name, what, number,
                          in_one_line(std::string(text.substr(0, most_shown)))),
              "is it another kind of list? --format names it");
}

std::unexpected<Error> no_json(std::string_view name, std::string_view expected) {
  return fail(ErrorKind::usage, fmt::format("{}: is not {}", name, expected),
              "is it another kind of list? --format names it");
}

// Calls take(line, number) for each that is not blank, until one is an error.
template <class Take>
Result<> each_line(std::string_view text, const Take& take) {
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(blanks) == std::string_view::npos) continue;
    if (auto taken = take(line, number); !taken) return taken;
  }
  return {};
}

}  // namespace

Result<std::vector<FileRange>> paths_from_lines(std::string_view text, std::string_view name) {
  std::vector<FileRange> entries;
  auto read = each_line(text, [&](std::string_view line, std::size_t number) -> Result<> {
    const std::string_view path = trim(line);
    if (!is_possible_path(path)) return wrong(name, number, "line", path);
    entries.push_back(whole_file(path));
    return {};
  });
  if (!read) return std::unexpected(std::move(read).error());
  return entries;
}

Result<std::vector<FileRange>> paths_from_json_lines(std::string_view text, std::string_view name) {
  std::vector<FileRange> entries;
  auto read = each_line(text, [&](std::string_view line, std::size_t number) -> Result<> {
    const Json json = Json::parse(line, nullptr, false);
    const auto path = json.is_object() ? json.find("path") : json.end();
    if (path == json.end() || !path->is_string() ||
        !is_possible_path(path->get_ref<const std::string&>())) {
      return wrong(name, number, "line", line);
    }
    entries.push_back(whole_file(path->get_ref<const std::string&>()));
    return {};
  });
  if (!read) return std::unexpected(std::move(read).error());
  return entries;
}

Result<std::vector<FileRange>> paths_from_json_array(std::string_view text, std::string_view name) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return no_json(name, "a JSON array of paths");
  std::vector<FileRange> entries;
  for (const Json& each : json) {
    if (!each.is_string() || !is_possible_path(each.get_ref<const std::string&>()))
      return wrong(name, entries.size() + 1, "element", dump(each));
    entries.push_back(whole_file(each.get_ref<const std::string&>()));
  }
  return entries;
}

WrittenList lines_of_paths(std::span<const FileRange> entries) {
  WrittenList list;
  for (const FileRange& entry : entries) {
    // Readers take blanks at the ends away.
    if (has_line_break(entry.path) || trim(entry.path) != entry.path) {
      ++list.left_out;
      continue;
    }
    list.bytes += entry.path;
    list.bytes += '\n';
  }
  return list;
}

WrittenList json_lines_of_paths(std::span<const FileRange> entries) {
  WrittenList list;
  for (const FileRange& entry : entries) {
    list.bytes += dump({{"path", entry.path}});
    list.bytes += '\n';
  }
  return list;
}

WrittenList json_array_of_paths(std::span<const FileRange> entries) {
  auto paths = Json::array();
  for (const FileRange& entry : entries) paths.push_back(entry.path);
  return {.bytes = dump(paths) + "\n", .left_out = 0};
}

}  // namespace bytepath::mounts
