#pragma once
#include <string>
#include <string_view>

namespace bytepath::mounts {

// As trace files have paths: begins with "/", without ".", ".." and empty names.
std::string clean_path(std::string_view path);

// Can a path be one? No longer than PATH_MAX, and without NUL bytes.
bool is_possible_path(std::string_view path);

// Would it be more than one line?
bool has_line_break(std::string_view path);

}  // namespace bytepath::mounts
