#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace bytepath::weights {

// The path of a file that a model names by `location`, relative to its own folder. An error when it
// is no relative path or leads out of that folder: what a downloaded model says must not make a
// probe open any file of this host. Links are followed, since caches of downloads consist of them.
Result<std::string> sibling_path(const std::string& model_path, std::string_view location);

}  // namespace bytepath::weights
