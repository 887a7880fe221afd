#include "verdict/parameters.h"

#include "base/text.h"

namespace bytepath::verdict {
namespace {

template <class T>
const T* find(const result::Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  return found == document.parameters.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace

bool parameter_is_true(const result::Document& document, const std::string& name) {
  const auto* held = find<bool>(document, name);
  return held != nullptr && *held;
}

std::string parameter_text(const result::Document& document, const std::string& name) {
  const auto* held = find<std::string>(document, name);
  if (held == nullptr) return {};
  return in_one_line(*held);
}

std::optional<double> parameter_number(const result::Document& document, const std::string& name) {
  if (const auto* real = find<double>(document, name)) return *real;
  if (const auto* whole = find<std::int64_t>(document, name)) return static_cast<double>(*whole);
  return std::nullopt;
}

bool is_mode(const result::Document& document, std::string_view mode) {
  return parameter_text(document, "mode") == mode;
}

}  // namespace bytepath::verdict
