#include "mounts/prefetch_list.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "mounts/file_path.h"
#include "mounts/overlaybd_trace.h"
#include "mounts/path_lists.h"

namespace bytepath::mounts {
namespace {

constexpr std::array rows = {
    ListFormatRow{.name = "nydus", .format = ListFormat::nydus, .whole_files = true},
    ListFormatRow{.name = "overlaybd", .format = ListFormat::overlaybd, .whole_files = true},
    ListFormatRow{
        .name = "overlaybd-trace", .format = ListFormat::overlaybd_trace, .whole_files = false},
    ListFormatRow{.name = "estargz", .format = ListFormat::estargz, .whole_files = true},
    ListFormatRow{.name = "soci", .format = ListFormat::soci, .whole_files = true},
    ListFormatRow{.name = "ranges", .format = ListFormat::ranges, .whole_files = false}};

std::string_view first_line(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    if (!line.empty() && !line.starts_with('#')) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

Result<std::vector<FileRange>> read_entries(std::string_view bytes, ListFormat format,
                                            std::string_view name) {
  switch (format) {
    case ListFormat::nydus:
    case ListFormat::overlaybd:
      return paths_from_lines(bytes, name);
    case ListFormat::overlaybd_trace:
      return entries_from_overlaybd(bytes, name);
    case ListFormat::estargz:
      return paths_from_json_lines(bytes, name);
    case ListFormat::soci:
      return paths_from_json_array(bytes, name);
    case ListFormat::ranges:
      break;
  }
  BYTEPATH_TRY(ranges, ranges_from_text(bytes, name));
  for (FileRange& range : ranges) range.path = clean_path(range.path);
  return std::move(ranges);
}

WrittenList write_ranges(std::span<const FileRange> entries) {
  std::vector<FileRange> writable;
  // Readers take blanks before the numbers away.
  std::ranges::copy_if(entries, std::back_inserter(writable), [](const FileRange& entry) {
    return !has_line_break(entry.path) && trim(entry.path) == entry.path;
  });
  return {.bytes = ranges_text(writable), .left_out = entries.size() - writable.size()};
}

}  // namespace

std::span<const ListFormatRow> list_formats() { return rows; }

const ListFormatRow& row_of(ListFormat format) {
  return *std::ranges::find(rows, format, &ListFormatRow::format);
}

std::optional<ListFormat> list_format_named(std::string_view name) {
  const auto* found = std::ranges::find(rows, name, &ListFormatRow::name);
  return found == rows.end() ? std::nullopt : std::optional(found->format);
}

ListFormat format_of_content(std::string_view bytes) {
  if (is_overlaybd_trace(bytes)) return ListFormat::overlaybd_trace;
  const std::string_view line = first_line(bytes);
  if (line.starts_with('[')) return ListFormat::soci;
  if (line.starts_with('{')) return ListFormat::estargz;
  return ranges_from_text(line, "").has_value() && !line.empty() ? ListFormat::ranges
                                                                 : ListFormat::nydus;
}

Result<PrefetchList> list_from_bytes(std::string_view bytes, std::optional<ListFormat> format,
                                     std::string_view name) {
  const ListFormat known = format.value_or(format_of_content(bytes));
  BYTEPATH_TRY(entries, read_entries(bytes, known, name));
  if (entries.empty()) {
    return fail(ErrorKind::usage, fmt::format("{}: the list has no entry", name),
                "chunk-probe export makes one of a recorded start");
  }
  return PrefetchList{.format = known, .entries = std::move(entries)};
}

Result<WrittenList> write_list(ListFormat format, std::span<const FileRange> entries) {
  switch (format) {
    case ListFormat::nydus:
    case ListFormat::overlaybd:
      return lines_of_paths(entries);
    case ListFormat::overlaybd_trace:
      return overlaybd_of_entries(entries);
    case ListFormat::estargz:
      return json_lines_of_paths(entries);
    case ListFormat::soci:
      return json_array_of_paths(entries);
    case ListFormat::ranges:
      break;
  }
  return write_ranges(entries);
}

}  // namespace bytepath::mounts
