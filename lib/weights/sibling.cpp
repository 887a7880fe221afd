#include "weights/sibling.h"

#include <algorithm>
#include <filesystem>

#include "weights/malformed.h"

namespace bytepath::weights {

Result<std::string> sibling_path(const std::string& model_path, std::string_view location) {
  const std::filesystem::path relative(location);
  const bool leaves = relative.is_absolute() || std::ranges::find(relative, "..") != relative.end();
  // A control character in a name would come out of every message that has it.
  const bool printable =
      std::ranges::none_of(location, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
  if (location.empty() || leaves || !printable) {
    return malformed(model_path,
                     fmt::format("it names the file {}, which is not within its own folder",
                                 in_quotes(location)),
                     "a model's data has to lie beside it");
  }
  // One spelling of a name that can be written in many ways. Not of the model's own path, where a
  // ".." behind a link leads elsewhere than it seems.
  return (std::filesystem::path(model_path).parent_path() / relative.lexically_normal()).string();
}

}  // namespace bytepath::weights
