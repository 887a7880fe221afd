#include "host/cache_descriptors.h"

#include <algorithm>
#include <array>

namespace bytepath::host {
namespace {

struct CacheRow {
  std::uint8_t byte = 0;
  std::uint8_t level = 0;
  CacheType type = CacheType::unified;
  std::uint32_t kib = 0;
  std::uint8_t ways = 0;
  std::uint8_t line_bytes = 64;
};

constexpr CacheType code = CacheType::instruction;
constexpr CacheType data = CacheType::data;
constexpr CacheType both = CacheType::unified;

constexpr auto cache_table = std::to_array<CacheRow>({
    {0x06, 1, code, 8, 4, 32},    {0x08, 1, code, 16, 4, 32},   {0x09, 1, code, 32, 4},
    {0x0a, 1, data, 8, 2, 32},    {0x0c, 1, data, 16, 4, 32},   {0x0d, 1, data, 16, 4},
    {0x0e, 1, data, 24, 6},       {0x1d, 2, both, 128, 2},      {0x21, 2, both, 256, 8},
    {0x22, 3, both, 512, 4},      {0x23, 3, both, 1024, 8},     {0x24, 2, both, 1024, 16},
    {0x25, 3, both, 2048, 8},     {0x29, 3, both, 4096, 8},     {0x2c, 1, data, 32, 8},
    {0x30, 1, code, 32, 8},       {0x41, 2, both, 128, 4, 32},  {0x42, 2, both, 256, 4, 32},
    {0x43, 2, both, 512, 4, 32},  {0x44, 2, both, 1024, 4, 32}, {0x45, 2, both, 2048, 4, 32},
    {0x46, 3, both, 4096, 4},     {0x47, 3, both, 8192, 8},     {0x48, 2, both, 3072, 12},
    {0x49, 2, both, 4096, 16},    {0x4a, 3, both, 6144, 12},    {0x4b, 3, both, 8192, 16},
    {0x4c, 3, both, 12288, 12},   {0x4d, 3, both, 16384, 16},   {0x4e, 2, both, 6144, 24},
    {0x60, 1, data, 16, 8},       {0x66, 1, data, 8, 4},        {0x67, 1, data, 16, 4},
    {0x68, 1, data, 32, 4},       {0x78, 2, both, 1024, 4},     {0x79, 2, both, 128, 8},
    {0x7a, 2, both, 256, 8},      {0x7b, 2, both, 512, 8},      {0x7c, 2, both, 1024, 8},
    {0x7d, 2, both, 2048, 8},     {0x7f, 2, both, 512, 2},      {0x80, 2, both, 512, 8},
    {0x82, 2, both, 256, 8, 32},  {0x83, 2, both, 512, 8, 32},  {0x84, 2, both, 1024, 8, 32},
    {0x85, 2, both, 2048, 8, 32}, {0x86, 2, both, 512, 4},      {0x87, 2, both, 1024, 8},
    {0xd0, 3, both, 512, 4},      {0xd1, 3, both, 1024, 4},     {0xd2, 3, both, 2048, 4},
    {0xd6, 3, both, 1024, 8},     {0xd7, 3, both, 2048, 8},     {0xd8, 3, both, 4096, 8},
    {0xdc, 3, both, 1536, 12},    {0xdd, 3, both, 3072, 12},    {0xde, 3, both, 6144, 12},
    {0xe2, 3, both, 2048, 16},    {0xe3, 3, both, 4096, 16},    {0xe4, 3, both, 8192, 16},
    {0xea, 3, both, 12288, 24},   {0xeb, 3, both, 18432, 24},   {0xec, 3, both, 24576, 24},
});

struct TlbRow {
  std::uint8_t byte = 0;
  TlbKind kind = TlbKind::data;
  std::uint8_t pages = 0;
  std::uint16_t entries = 0;
  std::uint8_t ways = 0;  // 0: not stated
  bool full = false;
  std::uint8_t level = 1;
};

constexpr TlbKind fetch = TlbKind::instruction;
constexpr TlbKind load = TlbKind::data;
constexpr TlbKind shared = TlbKind::unified;

constexpr auto tlb_table = std::to_array<TlbRow>({
    {0x01, fetch, page_4k, 32, 4},
    {0x02, fetch, page_4m, 2, 0, true},
    {0x03, load, page_4k, 64, 4},
    {0x04, load, page_4m, 8, 4},
    {0x05, load, page_4m, 32, 4},
    {0x0b, fetch, page_4m, 4, 4},
    {0x4f, fetch, page_4k, 32},
    {0x50, fetch, page_4k | page_2m | page_4m, 64},
    {0x51, fetch, page_4k | page_2m | page_4m, 128},
    {0x52, fetch, page_4k | page_2m | page_4m, 256},
    {0x55, fetch, page_2m | page_4m, 7, 0, true},
    {0x56, load, page_4m, 16, 4},
    {0x57, load, page_4k, 16, 4},
    {0x59, load, page_4k, 16, 0, true},
    {0x5a, load, page_2m | page_4m, 32, 4},
    {0x5b, load, page_4k | page_4m, 64},
    {0x5c, load, page_4k | page_4m, 128},
    {0x5d, load, page_4k | page_4m, 256},
    {0x61, fetch, page_4k, 48, 0, true},
    {0x63, load, page_2m | page_4m, 32, 4},
    {0x63, load, page_1g, 4, 4},
    {0x64, load, page_4k, 512, 4},
    {0x6a, load, page_4k, 64, 8},
    {0x6b, load, page_4k, 256, 8},
    {0x6c, load, page_2m | page_4m, 128, 8},
    {0x6d, load, page_1g, 16, 0, true},
    {0x76, fetch, page_2m | page_4m, 8, 0, true},
    {0xa0, load, page_4k, 32, 0, true},
    {0xb0, fetch, page_4k, 128, 4},
    {0xb1, fetch, page_2m, 8, 4},
    {0xb2, fetch, page_4k, 64, 4},
    {0xb3, load, page_4k, 128, 4},
    {0xb4, load, page_4k, 256, 4},
    {0xb5, fetch, page_4k, 64, 8},
    {0xb6, fetch, page_4k, 128, 8},
    {0xba, load, page_4k, 64, 4},
    {0xc0, load, page_4k | page_4m, 8, 4},
    {0xc1, shared, page_4k | page_2m, 1024, 8, false, 2},
    {0xc2, load, page_4k | page_2m, 16, 4},
    {0xc3, shared, page_4k | page_2m, 1536, 6, false, 2},
    {0xc3, shared, page_1g, 16, 4, false, 2},
    {0xc4, load, page_2m | page_4m, 32, 4},
    {0xca, shared, page_4k, 512, 4, false, 2},
});

constexpr std::string_view leaf_2_source = "leaf 0x2";

}  // namespace

std::vector<std::uint8_t> descriptor_bytes(const Registers& leaf_2) {
  std::vector<std::uint8_t> bytes;
  const std::array registers = {leaf_2.eax & ~0xffU, leaf_2.ebx, leaf_2.ecx, leaf_2.edx};
  for (const std::uint32_t value : registers) {
    if ((value >> 31U) != 0) continue;
    for (unsigned shift = 0; shift < 32; shift += 8) {
      const auto byte = static_cast<std::uint8_t>((value >> shift) & 0xffU);
      if (byte != 0) bytes.push_back(byte);
    }
  }
  return bytes;
}

std::optional<Cache> cache_of_descriptor(std::uint8_t byte, const Signature& signature) {
  const auto* const row = std::ranges::find(cache_table, byte, &CacheRow::byte);
  if (row == cache_table.end()) return std::nullopt;
  const bool is_xeon_mp_l3 = byte == 0x49 && signature.family == 15 && signature.model == 6;
  return Cache{.level = is_xeon_mp_l3 ? 3U : row->level,
               .type = row->type,
               .size_bytes = std::uint64_t{row->kib} << 10U,
               .line_bytes = row->line_bytes,
               .ways = row->ways,
               .source = std::string(leaf_2_source)};
}

std::vector<Tlb> tlbs_of_descriptor(std::uint8_t byte) {
  std::vector<Tlb> tlbs;
  for (const TlbRow& row : tlb_table) {
    if (row.byte != byte) continue;
    tlbs.push_back({.level = row.level,
                    .kind = row.kind,
                    .pages = row.pages,
                    .entries = row.entries,
                    .ways = row.ways,
                    .fully_associative = row.full,
                    .source = std::string(leaf_2_source)});
  }
  return tlbs;
}

}  // namespace bytepath::host
