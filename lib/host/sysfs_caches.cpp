#include "host/sysfs_caches.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {
namespace {

constexpr unsigned most_indexes = 32;

std::optional<CacheType> cache_type(std::string_view text) {
  if (text == "Data") return CacheType::data;
  if (text == "Instruction") return CacheType::instruction;
  if (text == "Unified") return CacheType::unified;
  return std::nullopt;
}

std::uint32_t small_number(const std::string& path) {
  const auto number = parse_unsigned(read_line_or(path, ""));
  return number && *number <= UINT32_MAX ? static_cast<std::uint32_t>(*number) : 0;
}

}  // namespace

std::optional<std::uint64_t> parse_cache_size(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned shift = 0;
  if (text.back() == 'K') shift = 10;
  if (text.back() == 'M') shift = 20;
  const auto number = parse_unsigned(shift > 0 ? text.substr(0, text.size() - 1) : text);
  if (!number || *number > max_cache_bytes >> shift) return std::nullopt;
  return *number << shift;
}

std::uint32_t cpus_in_list(std::string_view text) {
  std::uint32_t count = 0;
  for (const auto part : split(text, ',')) {
    const auto dash = part.find('-');
    const auto first = parse_unsigned(part.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : parse_unsigned(part.substr(dash + 1));
    constexpr std::uint64_t most_cpus = 1U << 20U;
    if (!first || !last || *last < *first || *last >= most_cpus) return 0;
    count += static_cast<std::uint32_t>(*last - *first + 1);
  }
  return count;
}

std::vector<Cache> read_sysfs_caches(const Root& root, unsigned cpu) {
  std::vector<Cache> caches;
  for (unsigned index = 0; index < most_indexes; ++index) {
    const std::string folder =
        root.at(fmt::format("/sys/devices/system/cpu/cpu{}/cache/index{}/", cpu, index));
    const auto type = cache_type(read_line_or(folder + "type", ""));
    const auto size = parse_cache_size(read_line_or(folder + "size", ""));
    if (!type || !size) break;
    caches.push_back({.level = small_number(folder + "level"),
                      .type = *type,
                      .size_bytes = *size,
                      .line_bytes = small_number(folder + "coherency_line_size"),
                      .ways = small_number(folder + "ways_of_associativity"),
                      .shared_by = cpus_in_list(read_line_or(folder + "shared_cpu_list", "")),
                      .source = "sysfs"});
  }
  std::ranges::sort(caches);
  return caches;
}

}  // namespace bytepath::host
