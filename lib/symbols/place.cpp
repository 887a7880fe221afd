#include "symbols/place.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

namespace bytepath::symbols {
namespace {

// A name of this length says nothing to a reader, and demangled it may be exponentially longer.
constexpr std::size_t max_mangled_bytes = 4096;

std::string_view last_component(std::string_view path) {
  return path.starts_with('/') ? path.substr(path.rfind('/') + 1) : path;
}

}  // namespace

std::string place_text(const Place& place) {
  const std::string_view image = last_component(place.image);
  if (place.function.empty()) return fmt::format("{}+{:#x}", image, place.address);
  std::string text = fmt::format("{}: {}", image, place.function);
  if (place.function_address != 0 && place.address > place.function_address)
    text += fmt::format("+{:#x}", place.address - place.function_address);
  if (place.by_code) text += " (by its code)";
  return text;
}

std::string demangled(const std::string& name) {
  if (!name.starts_with("_Z") || name.size() > max_mangled_bytes) return name;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 && plain != nullptr ? std::string(plain.get()) : name;
}

}  // namespace bytepath::symbols
