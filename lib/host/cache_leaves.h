#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/cpuid_dump.h"
#include "host/microarchitecture.h"

namespace bytepath::host {

enum class CacheType : std::uint8_t { data, instruction, unified };

struct Cache {
  std::uint32_t level = 0;
  CacheType type = CacheType::unified;
  std::uint64_t size_bytes = 0;
  std::uint32_t line_bytes = 0;
  std::uint32_t ways = 0;  // 0: not stated, or fully associative
  bool fully_associative = false;
  std::uint32_t shared_by = 0;  // logical CPUs that may share it; 0: not stated
  std::string source;           // "leaf 0x8000001d"
  auto operator<=>(const Cache&) const = default;
};

// Two leaves that describe the same thing with different numbers. Which of them a program believes
// decides its thresholds: glibc 2.36 takes the AMD L3 from 0x80000006 (the sum of the package), the
// kernel takes it from 0x8000001D (one instance).
struct Contradiction {
  std::string what;  // "L3 unified size"
  std::string unit;  // "B", "ways", "entries"
  std::string first_source;
  std::uint64_t first_value = 0;
  std::string second_source;
  std::uint64_t second_value = 0;
  auto operator<=>(const Contradiction&) const = default;
};

// Deterministic cache parameters, leaf 4 (Intel, Zhaoxin) or 0x8000001D (AMD, Hygon): the two have
// one layout (Intel SDM volume 2A CPUID.04H; AMD APM volume 3 E.4.15). Ends at the first null type,
// at a hole, or after max_cache_subleaves; sizes above max_cache_bytes are nonsense and left out.
std::vector<Cache> deterministic_caches(const Leaves& leaves, std::uint32_t leaf);
inline constexpr std::uint32_t max_cache_subleaves = 32;
inline constexpr std::uint64_t max_cache_bytes = std::uint64_t{1} << 40;

// The fixed-format leaves 0x80000005 (L1, AMD only) and 0x80000006 (L2; L3 on AMD only): AMD APM
// volume 3 E.4.4 and E.4.5, Intel SDM volume 2A CPUID.80000006H.
std::vector<Cache> fixed_format_caches(const Leaves& leaves);

// The byte descriptors of leaf 2 (Intel SDM volume 2A table 3-12, see cache_descriptors.h).
std::vector<Cache> descriptor_caches(const Leaves& leaves, Vendor vendor);

struct Caches {
  std::vector<Cache> caches;  // one a level and type, the best source; by level, data first
  std::vector<Contradiction> contradictions;
};

// All sources together: deterministic leaves first, then what only an older leaf describes.
Caches decode_caches(const Leaves& leaves, Vendor vendor);

std::string_view to_string(CacheType type);

}  // namespace bytepath::host
