#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mounts/range_list.h"

// The lists of what to fetch before a start that mounts of several projects take.
namespace bytepath::mounts {

enum class ListFormat {
  nydus,            // paths, one a line: nydusd --prefetch-files, nydusify --prefetch-patterns
  overlaybd,        // the same: recordTracePath
  overlaybd_trace,  // overlaybd_trace.h
  estargz,          // JSON objects with a "path", one a line: ctr-remote --estargz-record-in
  soci,             // a JSON array of paths: soci --prefetch-files-json
  ranges            // range_list.h
};

struct ListFormatRow {
  std::string_view name;
  ListFormat format;
  bool whole_files;  // else parts of them
};
std::span<const ListFormatRow> list_formats();
const ListFormatRow& row_of(ListFormat format);
std::optional<ListFormat> list_format_named(std::string_view name);

struct PrefetchList {
  ListFormat format = ListFormat::ranges;
  // In their order. Paths are clean (file_path.h); empty in an overlaybd_trace, which is about the
  // only file of a mount.
  std::vector<FileRange> entries;
};

// By its first bytes, and for text by its first line that says something.
ListFormat format_of_content(std::string_view bytes);

// Without a format it is found out. `name` is the file, for the error (usage): it is not of this
// form, or has no entry.
Result<PrefetchList> list_from_bytes(std::string_view bytes, std::optional<ListFormat> format,
                                     std::string_view name);

struct WrittenList {
  std::string bytes;
  std::uint64_t left_out = 0;  // entries whose path cannot be written in this form
};
// Error (usage): an overlaybd_trace of several files.
Result<WrittenList> write_list(ListFormat format, std::span<const FileRange> entries);

}  // namespace bytepath::mounts
