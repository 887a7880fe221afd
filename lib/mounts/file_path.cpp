#include "mounts/file_path.h"

#include <climits>

#include "base/text.h"

namespace bytepath::mounts {

std::string clean_path(std::string_view path) {
  std::string clean;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      clean.resize(clean.empty() ? 0 : clean.rfind('/'));
    } else {
      clean += '/';
      clean += part;
    }
  }
  return clean.empty() ? "/" : clean;
}

bool is_possible_path(std::string_view path) {
  return !path.empty() && path.size() < PATH_MAX && path.find('\0') == std::string_view::npos;
}

bool has_line_break(std::string_view path) {
  return path.find_first_of("\n\r") != std::string_view::npos;
}

}  // namespace bytepath::mounts
