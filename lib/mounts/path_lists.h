#pragma once
#include "mounts/prefetch_list.h"

// Lists of whole files. Errors (usage) name the line; what is no path is one.
namespace bytepath::mounts {

Result<std::vector<FileRange>> paths_from_lines(std::string_view text, std::string_view name);
Result<std::vector<FileRange>> paths_from_json_lines(std::string_view text, std::string_view name);
Result<std::vector<FileRange>> paths_from_json_array(std::string_view text, std::string_view name);

WrittenList lines_of_paths(std::span<const FileRange> entries);
WrittenList json_lines_of_paths(std::span<const FileRange> entries);
WrittenList json_array_of_paths(std::span<const FileRange> entries);

}  // namespace bytepath::mounts
