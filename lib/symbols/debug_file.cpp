#include "symbols/debug_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace bytepath::symbols {
namespace {

constexpr std::size_t max_link_bytes = 4096;

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  constexpr std::uint32_t polynomial = 0xedb88320;  // of ISO 3309, its bits reversed
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit)
      table[i] = (table[i] >> 1) ^ ((table[i] & 1) != 0 ? polynomial : 0);
  }
  return table;
}();

std::optional<std::uint32_t> crc_of(const Descriptor& file) {
  std::uint32_t crc = ~std::uint32_t{0};
  std::vector<std::uint8_t> piece(1U << 16);
  for (off_t at = 0;;) {
    const ssize_t count = ::pread(file.get(), piece.data(), piece.size(), at);
    if (count < 0) return std::nullopt;
    if (count == 0) return ~crc;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      crc = (crc >> 8) ^ crc_table[(crc ^ piece[i]) & 0xff];
    at += count;
  }
}

bool belongs(const code::ElfFile& candidate, const Descriptor& descriptor,
             const code::ElfFile& file, const std::optional<DebugLink>& link) {
  // The link of a file may lead to itself, which says nothing more.
  if (!candidate.has_symbol_table() && candidate.find_section(".debug_info") == nullptr)
    return false;
  if (!file.build_id().empty()) return candidate.build_id() == file.build_id();
  return link && crc_of(descriptor) == link->crc;
}

std::optional<DebugFile> open_candidate(const std::string& path, const FileTrees& trees,
                                        const code::ElfFile& file,
                                        const std::optional<DebugLink>& link) {
  for (const auto* tree : {&trees.of_process, &trees.of_host}) {
    if (!*tree) continue;
    auto opened = (*tree)->open_file(path);
    if (!opened) continue;
    Descriptor copy(::fcntl(opened->get(), F_DUPFD_CLOEXEC, 0));
    auto candidate = code::ElfFile::from_descriptor(std::move(copy), path);
    if (candidate && belongs(*candidate, *opened, file, link))
      return DebugFile{.file = std::move(*candidate), .descriptor = std::move(*opened)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<DebugLink> parse_debug_link(std::span<const std::uint8_t> bytes) {
  const auto end = std::ranges::find(bytes, std::uint8_t{0});
  if (end == bytes.end() || end == bytes.begin()) return std::nullopt;
  DebugLink link{.name = {bytes.begin(), end}};
  const std::size_t crc_at = (link.name.size() + 4) & ~std::size_t{3};
  if (crc_at + sizeof link.crc > bytes.size() || link.name.contains('/')) return std::nullopt;
  std::memcpy(&link.crc, bytes.data() + crc_at, sizeof link.crc);
  return link;
}

std::optional<DebugLink> read_debug_link(const Descriptor& file) {
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, decltype(&elf_end)> elf(elf_begin(file.get(), ELF_C_READ, nullptr),
                                                     &elf_end);
  std::size_t names = 0;
  if (elf == nullptr || elf_getshdrstrndx(elf.get(), &names) != 0) return std::nullopt;
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf.get(), section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_PROGBITS ||
        header.sh_size > max_link_bytes)
      continue;
    const char* name = elf_strptr(elf.get(), names, header.sh_name);
    if (name == nullptr || std::string_view(name) != ".gnu_debuglink") continue;
    const Elf_Data* data = elf_rawdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr) return std::nullopt;
    return parse_debug_link({static_cast<const std::uint8_t*>(data->d_buf), data->d_size});
  }
  return std::nullopt;
}

std::optional<DebugFile> find_debug_file(const code::ElfFile& file,
                                         const std::optional<DebugLink>& link,
                                         const std::string& path, const FileTrees& trees) {
  std::vector<std::string> candidates;
  if (std::string by_build_id = file.debug_file_path(); !by_build_id.empty())
    candidates.push_back(std::move(by_build_id));
  if (link && path.starts_with('/')) {
    const std::string folder = path.substr(0, path.rfind('/'));
    candidates.push_back(fmt::format("{}/{}", folder, link->name));
    candidates.push_back(fmt::format("{}/.debug/{}", folder, link->name));
    candidates.push_back(fmt::format("/usr/lib/debug{}/{}", folder, link->name));
  }
  for (const std::string& candidate : candidates)
    if (auto found = open_candidate(candidate, trees, file, link)) return found;
  return std::nullopt;
}

}  // namespace bytepath::symbols
