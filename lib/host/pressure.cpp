#include "host/pressure.h"

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {

std::optional<std::uint64_t> parse_pressure(std::string_view pressure) {
  constexpr std::string_view total = "total=";
  for (const auto line : split(pressure, '\n')) {
    if (!line.starts_with("some ")) continue;
    for (const auto word : words(line)) {
      if (word.starts_with(total)) return parse_unsigned(word.substr(total.size()));
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> read_cpu_pressure(const Root& root) {
  return parse_pressure(read_line_or(root.at("/proc/pressure/cpu"), ""));
}

std::optional<std::uint64_t> read_memory_pressure(const Root& root) {
  return parse_pressure(read_line_or(root.at("/proc/pressure/memory"), ""));
}

}  // namespace bytepath::host
