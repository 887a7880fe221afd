#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/process_error.h"
#include "base/text.h"
#include "host/process_maps.h"
#include "pages/process_pages.h"

namespace bytepath::pages {
namespace {

// "     16 kB"; 0 for what is none, or is larger than any address space.
std::uint64_t kib_to_bytes(std::string_view value) {
  const auto fields = words(value);
  if (fields.size() != 2 || fields[1] != "kB") return 0;
  constexpr std::uint64_t limit = std::uint64_t{1} << 47;
  const auto kib = parse_unsigned(fields[0]);
  return kib && *kib <= limit ? *kib * 1024 : 0;
}

void read_flags(std::string_view value, MappingUse& use) {
  for (const auto flag : words(value)) {
    if (flag == "rr") use.random_read = true;
    if (flag == "sr") use.sequential_read = true;
  }
}

// A line below the one that names the mapping; keys that are not used here are passed over.
void read_detail(std::string_view key, std::string_view value, MappingUse& use) {
  if (key == "VmFlags") read_flags(value, use);
  if (key == "Rss") use.resident = kib_to_bytes(value);
  if (key == "Referenced") use.referenced = kib_to_bytes(value);
  if (key == "FilePmdMapped") use.huge_mapped = kib_to_bytes(value);
}

}  // namespace

std::vector<MappingUse> parse_mapping_use(std::string_view smaps) {
  std::vector<MappingUse> uses;
  bool within = false;  // the details that follow are those of the last mapping
  while (!smaps.empty()) {
    const std::string_view line = smaps.substr(0, smaps.find('\n'));
    smaps.remove_prefix(std::min(line.size() + 1, smaps.size()));
    const std::string_view first_word = line.substr(0, line.find(' '));
    // A path may contain anything, but only a detail's first word ends with a colon.
    if (first_word.ends_with(':')) {
      const auto key = first_word.substr(0, first_word.size() - 1);
      if (within) read_detail(key, line.substr(first_word.size()), uses.back());
      continue;
    }
    auto mapping = host::parse_process_maps(line);
    within = !mapping.empty();
    if (!within) continue;
    uses.push_back({.start = mapping[0].first,
                    .end = mapping[0].last,
                    .file_offset = mapping[0].file_offset,
                    .inode = mapping[0].inode,
                    .path = std::move(mapping[0].path)});
  }
  return uses;
}

Result<std::vector<MappingUse>> mapping_use(pid_t pid) {
  constexpr std::size_t max_bytes = std::size_t{256} << 20;  // 65530 mappings take about 50 MB
  const auto text = read_file(fmt::format("/proc/{}/smaps", pid), max_bytes);
  if (!text) return process_error(pid, text.error());
  return parse_mapping_use(*text);
}

}  // namespace bytepath::pages
