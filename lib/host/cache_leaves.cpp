#include "host/cache_leaves.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "host/associativity.h"
#include "host/cache_descriptors.h"

namespace bytepath::host {
namespace {

std::optional<CacheType> cache_type(std::uint32_t field) {
  switch (field) {
    case 1:
      return CacheType::data;
    case 2:
      return CacheType::instruction;
    case 3:
      return CacheType::unified;
    default:
      return std::nullopt;
  }
}

std::optional<Cache> deterministic_cache(const Registers& registers, std::string source) {
  const auto type = cache_type(registers.eax & 0x1fU);
  if (!type) return std::nullopt;
  const std::uint64_t line = (registers.ebx & 0xfffU) + 1;
  const std::uint64_t partitions = ((registers.ebx >> 12U) & 0x3ffU) + 1;
  const std::uint64_t ways = ((registers.ebx >> 22U) & 0x3ffU) + 1;
  const std::uint64_t sets = std::uint64_t{registers.ecx} + 1;
  // line, partitions and ways are below 2^32 together: only the last product can overflow.
  const std::uint64_t way_bytes = line * partitions * ways;
  const bool plausible = sets <= max_cache_bytes / way_bytes;
  return Cache{.level = (registers.eax >> 5U) & 0x7U,
               .type = *type,
               .size_bytes = plausible ? way_bytes * sets : 0,
               .line_bytes = static_cast<std::uint32_t>(line),
               .ways = static_cast<std::uint32_t>(ways),
               .fully_associative = ((registers.eax >> 9U) & 1U) != 0,
               .shared_by = ((registers.eax >> 14U) & 0xfffU) + 1,
               .source = std::move(source)};
}

// L1 of 0x80000005: size in KiB, ways as a number (0xff: fully associative), line in bytes.
Cache fixed_l1(std::uint32_t value, CacheType type) {
  const std::uint32_t ways = (value >> 16U) & 0xffU;
  return {.level = 1,
          .type = type,
          .size_bytes = std::uint64_t{value >> 24U} << 10U,
          .line_bytes = value & 0xffU,
          .ways = ways == 0xff ? 0 : ways,
          .fully_associative = ways == 0xff,
          .source = "leaf 0x80000005"};
}

// L2 and L3 of 0x80000006: ways as a code.
Cache fixed_outer(std::uint32_t level, std::uint32_t value, std::uint64_t size_bytes) {
  const Associativity ways = associativity_of_code((value >> 12U) & 0xfU);
  return {.level = level,
          .type = CacheType::unified,
          .size_bytes = size_bytes,
          .line_bytes = value & 0xffU,
          .ways = ways.ways,
          .fully_associative = ways.full,
          .source = "leaf 0x80000006"};
}

bool same_place(const Cache& a, const Cache& b) { return a.level == b.level && a.type == b.type; }

void compare(const Cache& a, const Cache& b, std::vector<Contradiction>& out) {
  const auto note = [&](std::string_view what, std::string_view unit, std::uint64_t first,
                        std::uint64_t second) {
    if (first == second || first == 0 || second == 0) return;
    out.push_back({.what = fmt::format("L{} {} {}", a.level, to_string(a.type), what),
                   .unit = std::string(unit),
                   .first_source = a.source,
                   .first_value = first,
                   .second_source = b.source,
                   .second_value = second});
  };
  note("size", "B", a.size_bytes, b.size_bytes);
  note("line", "B", a.line_bytes, b.line_bytes);
  note("associativity", "ways", a.ways, b.ways);
}

// Adds what no better source has described yet and notes where a worse one disagrees.
void merge(Caches& into, const std::vector<Cache>& more) {
  const std::size_t known = into.caches.size();
  for (const Cache& cache : more) {
    const auto end = into.caches.begin() + static_cast<std::ptrdiff_t>(known);
    const auto same = std::find_if(into.caches.begin(), end,
                                   [&](const Cache& other) { return same_place(other, cache); });
    if (same == end) {
      into.caches.push_back(cache);
    } else {
      compare(*same, cache, into.contradictions);
    }
  }
}

}  // namespace

std::vector<Cache> deterministic_caches(const Leaves& leaves, std::uint32_t leaf) {
  std::vector<Cache> caches;
  for (std::uint32_t subleaf = 0; subleaf < max_cache_subleaves; ++subleaf) {
    const Registers* registers = find_leaf(leaves, leaf, subleaf);
    if (registers == nullptr) break;
    auto cache = deterministic_cache(*registers, fmt::format("leaf {:#x}", leaf));
    if (!cache) break;
    if (cache->size_bytes != 0 && cache->level != 0) caches.push_back(*std::move(cache));
  }
  return caches;
}

std::vector<Cache> fixed_format_caches(const Leaves& leaves) {
  const Registers l1 = leaf_or_zero(leaves, 0x80000005);
  const Registers outer = leaf_or_zero(leaves, 0x80000006);
  const std::array all = {
      fixed_l1(l1.ecx, CacheType::data),
      fixed_l1(l1.edx, CacheType::instruction),
      fixed_outer(2, outer.ecx, std::uint64_t{outer.ecx >> 16U} << 10U),
      fixed_outer(3, outer.edx, std::uint64_t{outer.edx >> 18U} << 19U),
  };
  std::vector<Cache> caches;
  std::ranges::copy_if(all, std::back_inserter(caches),
                       [](const Cache& cache) { return cache.size_bytes != 0; });
  return caches;
}

std::vector<Cache> descriptor_caches(const Leaves& leaves, Vendor vendor) {
  std::vector<Cache> caches;
  if (vendor == Vendor::amd || vendor == Vendor::hygon) return caches;
  const Signature signature = decode_signature(leaf_or_zero(leaves, 1).eax);
  for (const std::uint8_t byte : descriptor_bytes(leaf_or_zero(leaves, 2))) {
    if (const auto cache = cache_of_descriptor(byte, signature)) caches.push_back(*cache);
  }
  return caches;
}

Caches decode_caches(const Leaves& leaves, Vendor vendor) {
  Caches all;
  const bool is_amd = vendor == Vendor::amd || vendor == Vendor::hygon;
  merge(all, deterministic_caches(leaves, is_amd ? 0x8000001dU : 0x4U));
  merge(all, fixed_format_caches(leaves));
  merge(all, descriptor_caches(leaves, vendor));
  std::ranges::sort(all.caches);  // by level, then type
  return all;
}

std::string_view to_string(CacheType type) {
  switch (type) {
    case CacheType::data:
      return "data";
    case CacheType::instruction:
      return "instruction";
    case CacheType::unified:
      break;
  }
  return "unified";
}

}  // namespace bytepath::host
