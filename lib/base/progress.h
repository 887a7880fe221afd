#pragma once
#include <cstddef>
#include <functional>
#include <string_view>

namespace bytepath {

// How long work tells where it is. Returns false when the user has asked to stop (Ctrl-C): the
// caller then returns what it has so far, which the frame reports as an incomplete document.
using Progress = std::function<bool(std::size_t done, std::size_t total, std::string_view what)>;

inline bool no_progress(std::size_t, std::size_t, std::string_view) { return true; }

}  // namespace bytepath
