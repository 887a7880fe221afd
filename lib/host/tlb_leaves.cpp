#include "host/tlb_leaves.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "host/associativity.h"
#include "host/cache_descriptors.h"

namespace bytepath::host {
namespace {

std::optional<TlbKind> tlb_kind(std::uint32_t field) {
  switch (field) {
    case 1:
      return TlbKind::data;
    case 2:
      return TlbKind::instruction;
    case 3:
      return TlbKind::unified;
    case 4:
      return TlbKind::load;
    case 5:
      return TlbKind::store;
    default:
      return std::nullopt;
  }
}

void add(std::vector<Tlb>& tlbs, Tlb tlb) {
  if (tlb.entries != 0 && tlb.pages != 0) tlbs.push_back(std::move(tlb));
}

// One register of 0x80000005: entries and ways of both halves in 8 bits each.
void add_l1(std::vector<Tlb>& tlbs, std::uint32_t value, std::uint8_t pages) {
  constexpr std::uint32_t fully = 0xff;
  for (const auto& [kind, half] :
       {std::pair{TlbKind::instruction, value & 0xffffU}, std::pair{TlbKind::data, value >> 16U}}) {
    const std::uint32_t ways = half >> 8U;
    add(tlbs, {.level = 1,
               .kind = kind,
               .pages = pages,
               .entries = half & 0xffU,
               .ways = ways == fully ? 0 : ways,
               .fully_associative = ways == fully,
               .source = "leaf 0x80000005"});
  }
}

struct CodedPlace {
  std::uint32_t level = 0;
  std::uint8_t pages = 0;
  std::uint32_t unit = 1;  // entries for each count of the field
  std::string_view source;
};

// One register of 0x80000006 or 0x80000019: 12 bits of entries and a 4-bit code in each half.
void add_coded(std::vector<Tlb>& tlbs, std::uint32_t value, const CodedPlace& place) {
  for (const auto& [kind, half] :
       {std::pair{TlbKind::instruction, value & 0xffffU}, std::pair{TlbKind::data, value >> 16U}}) {
    const Associativity ways = associativity_of_code(half >> 12U);
    add(tlbs, {.level = place.level,
               .kind = kind,
               .pages = place.pages,
               .entries = std::uint64_t{half & 0xfffU} * place.unit,
               .ways = ways.ways,
               .fully_associative = ways.full,
               .source = std::string(place.source)});
  }
}

Tlb deterministic_tlb(const Registers& registers, TlbKind kind) {
  const std::uint32_t ways = registers.ebx >> 16U;
  const bool full = ((registers.edx >> 8U) & 1U) != 0;
  return {.level = (registers.edx >> 5U) & 0x7U,
          .kind = kind,
          .pages = static_cast<std::uint8_t>(registers.ebx & 0xfU),
          .entries = std::uint64_t{ways} * registers.ecx,
          .ways = full ? 0 : ways,
          .fully_associative = full,
          .source = "leaf 0x18"};
}

bool same_place(const Tlb& a, const Tlb& b) {
  return a.level == b.level && a.kind == b.kind && a.pages == b.pages;
}

}  // namespace

std::vector<Tlb> fixed_format_tlbs(const Leaves& leaves) {
  std::vector<Tlb> tlbs;
  const Registers l1 = leaf_or_zero(leaves, 0x80000005);
  const Registers l2 = leaf_or_zero(leaves, 0x80000006);
  const Registers huge = leaf_or_zero(leaves, 0x80000019);
  add_l1(tlbs, l1.ebx, page_4k);
  add_l1(tlbs, l1.eax, page_2m | page_4m);
  constexpr std::string_view fixed = "leaf 0x80000006";
  constexpr std::string_view gigabyte = "leaf 0x80000019";
  const bool is_x32 = ((leaf_or_zero(leaves, 0x80000021).eax >> 14U) & 1U) != 0;
  const std::uint32_t unit = is_x32 ? 32 : 1;
  add_coded(tlbs, huge.eax, {.level = 1, .pages = page_1g, .source = gigabyte});
  add_coded(tlbs, l2.ebx, {.level = 2, .pages = page_4k, .unit = unit, .source = fixed});
  add_coded(tlbs, l2.eax, {.level = 2, .pages = page_2m | page_4m, .unit = unit, .source = fixed});
  add_coded(tlbs, huge.ebx, {.level = 2, .pages = page_1g, .unit = unit, .source = gigabyte});
  return tlbs;
}

std::vector<Tlb> deterministic_tlbs(const Leaves& leaves) {
  std::vector<Tlb> tlbs;
  const std::uint32_t last =
      std::min(leaf_or_zero(leaves, 0x18).eax, std::uint32_t{max_tlb_subleaves - 1});
  for (std::uint32_t subleaf = 0; subleaf <= last; ++subleaf) {
    const Registers registers = leaf_or_zero(leaves, 0x18, subleaf);
    // A null type marks one subleaf as invalid and does not end the list (SDM).
    if (const auto kind = tlb_kind(registers.edx & 0x1fU)) {
      add(tlbs, deterministic_tlb(registers, *kind));
    }
  }
  return tlbs;
}

std::vector<Tlb> descriptor_tlbs(const Leaves& leaves) {
  std::vector<Tlb> tlbs;
  for (const std::uint8_t byte : descriptor_bytes(leaf_or_zero(leaves, 2))) {
    std::ranges::move(tlbs_of_descriptor(byte), std::back_inserter(tlbs));
  }
  return tlbs;
}

Tlbs decode_tlbs(const Leaves& leaves, Vendor vendor) {
  if (vendor == Vendor::amd || vendor == Vendor::hygon) {
    return {.tlbs = fixed_format_tlbs(leaves), .contradictions = {}};
  }
  Tlbs all{.tlbs = deterministic_tlbs(leaves), .contradictions = {}};
  const std::vector<Tlb> older = descriptor_tlbs(leaves);
  if (all.tlbs.empty()) return {.tlbs = older, .contradictions = {}};
  for (const Tlb& tlb : older) {
    const auto same =
        std::ranges::find_if(all.tlbs, [&](const Tlb& each) { return same_place(each, tlb); });
    if (same == all.tlbs.end() || same->entries == tlb.entries) continue;
    all.contradictions.push_back({.what = fmt::format("L{} {} TLB, {} pages", tlb.level,
                                                      to_string(tlb.kind), pages_text(tlb.pages)),
                                  .unit = "entries",
                                  .first_source = same->source,
                                  .first_value = same->entries,
                                  .second_source = tlb.source,
                                  .second_value = tlb.entries});
  }
  return all;
}

std::string_view to_string(TlbKind kind) {
  switch (kind) {
    case TlbKind::data:
      return "data";
    case TlbKind::instruction:
      return "instruction";
    case TlbKind::load:
      return "load";
    case TlbKind::store:
      return "store";
    case TlbKind::unified:
      break;
  }
  return "unified";
}

std::string pages_text(std::uint8_t pages) {
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 4> names = {
      {{page_4k, "4K"}, {page_2m, "2M"}, {page_4m, "4M"}, {page_1g, "1G"}}};
  std::string text;
  for (const auto& [bit, name] : names) {
    if ((pages & bit) == 0) continue;
    if (!text.empty()) text += '+';
    text += name;
  }
  return text;
}

}  // namespace bytepath::host
