#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/cache_leaves.h"

namespace bytepath::host {

enum class TlbKind : std::uint8_t { data, instruction, unified, load, store };

// Page sizes that a TLB holds, a set of these bits.
inline constexpr std::uint8_t page_4k = 1;
inline constexpr std::uint8_t page_2m = 2;
inline constexpr std::uint8_t page_4m = 4;
inline constexpr std::uint8_t page_1g = 8;

struct Tlb {
  std::uint32_t level = 0;
  TlbKind kind = TlbKind::data;
  std::uint8_t pages = 0;
  std::uint64_t entries = 0;
  std::uint32_t ways = 0;  // 0: not stated, or fully associative
  bool fully_associative = false;
  std::string source;
  auto operator<=>(const Tlb&) const = default;
};

// AMD and Hygon: 0x80000005 (L1, 4K and 2M/4M), 0x80000006 (L2), 0x80000019 (1G), AMD APM volume 3
// E.4.4, E.4.5 and E.4.12. Where 0x80000021 EAX[14] (L2TlbSizeX32, Zen 5) is set, second-level
// sizes count in units of 32. The 2M/4M fields count 2M pages; a 4M page takes two entries.
std::vector<Tlb> fixed_format_tlbs(const Leaves& leaves);

// Intel: leaf 0x18, Intel SDM volume 2A CPUID.18H; at most max_tlb_subleaves.
std::vector<Tlb> deterministic_tlbs(const Leaves& leaves);
inline constexpr std::uint32_t max_tlb_subleaves = 64;

// Intel and Zhaoxin: the byte descriptors of leaf 2.
std::vector<Tlb> descriptor_tlbs(const Leaves& leaves);

struct Tlbs {
  std::vector<Tlb> tlbs;
  std::vector<Contradiction> contradictions;
};

// The deterministic leaf where it describes anything, else the older ones; where both describe the
// same TLB with other numbers, a contradiction.
Tlbs decode_tlbs(const Leaves& leaves, Vendor vendor);

std::string_view to_string(TlbKind kind);
std::string pages_text(std::uint8_t pages);  // "4K+2M"

}  // namespace bytepath::host
