#include "host/cpuid_enumerate.h"

#include <algorithm>

namespace bytepath::host {
namespace {

enum class Subleaves : std::uint8_t {
  none,          // one answer
  cache_type,    // until EAX[4:0] is 0
  level_type,    // until ECX[15:8] is 0
  highest_eax,   // EAX of subleaf 0 is the highest
  set_ebx_bits,  // subleaf i exists when EBX bit i of subleaf 0 is set
  xsave,         // 0, 1 and the state components
};

Subleaves rule_of(std::uint32_t leaf) {
  switch (leaf) {
    case 0x4:
    case 0x8000001d:
      return Subleaves::cache_type;
    case 0xb:
    case 0x1f:
    case 0x80000026:
      return Subleaves::level_type;
    case 0x7:
    case 0x14:
    case 0x17:
    case 0x18:
    case 0x1d:
    case 0x20:
      return Subleaves::highest_eax;
    case 0x10:
    case 0x80000020:
      return Subleaves::set_ebx_bits;
    case 0xd:
      return Subleaves::xsave;
    default:
      return Subleaves::none;
  }
}

class Enumeration {
 public:
  explicit Enumeration(const CpuidReader& read) : read_(read) {}

  // The registers, recorded; nothing when the reader failed, now or before.
  std::optional<Registers> take(std::uint32_t leaf, std::uint32_t subleaf = 0) {
    if (failed_) return std::nullopt;
    const auto registers = read_(leaf, subleaf);
    if (registers) {
      leaves_.emplace(LeafKey{.leaf = leaf, .subleaf = subleaf}, *registers);
    } else {
      failed_ = true;
    }
    return registers;
  }

  void take_range(std::uint32_t first, std::uint32_t last_allowed) {
    const auto head = take(first);
    if (!head || head->eax < first) return;
    const std::uint32_t last = std::min(head->eax, last_allowed);
    for (std::uint32_t leaf = first; leaf <= last; ++leaf) take_leaf(leaf);
  }

  Leaves take_leaves() { return std::move(leaves_); }

 private:
  void take_leaf(std::uint32_t leaf) {
    const auto first = take(leaf);
    if (!first) return;
    switch (rule_of(leaf)) {
      case Subleaves::none:
        break;
      case Subleaves::cache_type:
        take_until(leaf, *first, [](const Registers& r) { return (r.eax & 0x1fU) == 0; });
        break;
      case Subleaves::level_type:
        take_until(leaf, *first, [](const Registers& r) { return (r.ecx & 0xff00U) == 0; });
        break;
      case Subleaves::highest_eax:
        take_up_to(leaf, first->eax);
        break;
      case Subleaves::set_ebx_bits:
        take_bits(leaf, first->ebx);
        break;
      case Subleaves::xsave:
        take_state_components(leaf, *first);
        break;
    }
  }

  // The answer that ends the list is not part of it, as in the dumps of `cpuid -r`.
  template <class IsEnd>
  void take_until(std::uint32_t leaf, const Registers& first, IsEnd is_end) {
    if (is_end(first)) return;
    for (std::uint32_t subleaf = 1; subleaf < max_subleaves; ++subleaf) {
      const auto registers = take(leaf, subleaf);
      if (!registers) return;
      if (!is_end(*registers)) continue;
      leaves_.erase({.leaf = leaf, .subleaf = subleaf});
      return;
    }
  }

  void take_up_to(std::uint32_t leaf, std::uint32_t highest) {
    for (std::uint32_t subleaf = 1; subleaf <= std::min(highest, max_subleaves - 1); ++subleaf) {
      if (!take(leaf, subleaf)) return;
    }
  }

  void take_bits(std::uint32_t leaf, std::uint64_t bits) {
    for (std::uint32_t subleaf = 1; subleaf < max_subleaves; ++subleaf) {
      if (((bits >> subleaf) & 1U) != 0 && !take(leaf, subleaf)) return;
    }
  }

  void take_state_components(std::uint32_t leaf, const Registers& user) {
    const auto supervisor = take(leaf, 1);
    if (!supervisor) return;
    const std::uint64_t high = user.edx | supervisor->edx;
    const std::uint64_t low = user.eax | supervisor->ecx;
    constexpr std::uint64_t legacy = 3;  // x87 and SSE have no subleaf
    take_bits(leaf, ((high << 32U) | low) & ~legacy);
  }

  const CpuidReader& read_;
  Leaves leaves_;
  bool failed_ = false;
};

}  // namespace

std::optional<Leaves> enumerate_leaves(const CpuidReader& read) {
  Enumeration enumeration(read);
  const auto head = enumeration.take(0);
  if (!head) return std::nullopt;
  enumeration.take_range(0, max_leaves_per_range - 1);
  const auto version = head->eax >= 1 ? read(1, 0) : std::nullopt;
  if (version && (version->ecx >> 31U) != 0) {
    enumeration.take_range(0x40000000, 0x40000000 + max_leaves_per_range - 1);
  }
  enumeration.take_range(0x80000000, 0x80000000 + max_leaves_per_range - 1);
  return enumeration.take_leaves();
}

std::optional<Leaves> read_core_key(const CpuidReader& read) {
  Enumeration enumeration(read);
  const auto basic = enumeration.take(0);
  const auto extended = enumeration.take(0x80000000);
  if (!basic || !extended) return std::nullopt;
  const auto features = basic->eax >= 0x7 ? enumeration.take(0x7) : std::nullopt;
  if (features && features->eax >= 1) enumeration.take(0x7, 1);
  if (basic->eax >= 0x1a) enumeration.take(0x1a);
  constexpr std::uint32_t l3 = 3;
  if (basic->eax >= 0x4) enumeration.take(0x4, l3);
  if (extended->eax >= 0x8000001d) enumeration.take(0x8000001d, l3);
  Leaves key = enumeration.take_leaves();
  if (const auto version = read(1, 0)) key[{.leaf = 1, .subleaf = 0}].eax = version->eax;
  if (extended->eax < 0x80000026) return key;
  // Level 1 states the type of the core on hybrids; EDX is the APIC id and is left out.
  for (const std::uint32_t level : {0U, 1U}) {
    const auto topology = read(0x80000026, level);
    if (!topology) break;
    Registers& kept = key[{.leaf = 0x80000026, .subleaf = level}];
    kept.eax = topology->eax;
    kept.ebx = topology->ebx & 0xf0000000U;
  }
  return key;
}

}  // namespace bytepath::host
