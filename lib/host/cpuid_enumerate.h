#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "host/cpuid_dump.h"

namespace bytepath::host {

// Answers one CPUID query, or nothing when it cannot (the device refused, the CPU went offline).
using CpuidReader =
    std::function<std::optional<Registers>(std::uint32_t leaf, std::uint32_t subleaf)>;

// Bounds of one CPU's enumeration, whatever the leaves claim about their own number.
inline constexpr std::uint32_t max_leaves_per_range = 64;
inline constexpr std::uint32_t max_subleaves = 64;

// Every leaf of the basic, hypervisor and extended ranges with all of its subleaves, each ended as
// its leaf says (Intel SDM volume 2A CPUID; AMD APM volume 3 appendix E): null cache type in leaves
// 4 and 0x8000001D, null level type in 0xB, 0x1F and 0x80000026, the highest subleaf in EAX in 7,
// 0x14, 0x17, 0x18, 0x1D and 0x20, one subleaf a state component in 0xD, one a set bit in 0x10 and
// 0x80000020. Nothing when the reader fails at leaf 0; a later failure ends the enumeration.
std::optional<Leaves> enumerate_leaves(const CpuidReader& read);

// The few registers in which CPUs of one host differ by kind and not by APIC id: the version, the
// features of leaf 7, the L3 (dies with stacked cache; small cores without any), the hybrid leaves
// 0x1A and 0x80000026 (types only). One CPU stands for all that have its key.
std::optional<Leaves> read_core_key(const CpuidReader& read);

}  // namespace bytepath::host
