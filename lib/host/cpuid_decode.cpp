#include "host/cpuid_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "host/register_text.h"

namespace bytepath::host {
namespace {

std::string brand_of(const Leaves& leaves) {
  std::string brand;
  for (const std::uint32_t leaf : {0x80000002U, 0x80000003U, 0x80000004U}) {
    const Registers part = leaf_or_zero(leaves, leaf);
    const std::string text = register_text({part.eax, part.ebx, part.ecx, part.edx});
    brand += text;
    if (text.size() < sizeof(Registers)) break;
  }
  return std::string(trim(brand));
}

// Signatures in the vendors' interface documents and linux arch/x86/include/asm/cpuid.h users
// (kernel/cpu/hypervisor.c and the files that it lists).
std::string_view hypervisor_name(std::string_view signature) {
  constexpr auto names = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"KVMKVMKVM", "KVM"},
      {"Linux KVM Hv", "KVM with Hyper-V interface"},
      {"Microsoft Hv", "Hyper-V"},
      {"VMwareVMware", "VMware"},
      {"XenVMMXenVMM", "Xen"},
      {"TCGTCGTCGTCG", "QEMU TCG"},
      {"VBoxVBoxVBox", "VirtualBox"},
      {"bhyve bhyve ", "bhyve"},
      {"ACRNACRNACRN", "ACRN"},
      {"Jailhouse", "Jailhouse"},
      {"QNXQVMBSQG", "QNX"},
      {" lrpepyh  vr", "Parallels"},
      {"prl hyperv  ", "Parallels"},
      {"IntelTDX    ", "Intel TDX"},
  });
  for (const auto& [known, name] : names) {
    if (known == signature) return name;
  }
  return signature.empty() ? "unnamed" : signature;
}

Hypervisor hypervisor_of(const Leaves& leaves) {
  if (((leaf_or_zero(leaves, 1).ecx >> 31U) & 1U) == 0) return {};
  // KVM before Linux 3.10 states 0 as the highest leaf here, so the range check does not apply.
  const auto at = leaves.find({.leaf = 0x40000000, .subleaf = 0});
  const Registers id = at == leaves.end() ? Registers{} : at->second;
  const std::string signature = register_text({id.ebx, id.ecx, id.edx});
  return {.present = true, .signature = signature, .name = std::string(hypervisor_name(signature))};
}

CoreType intel_core_type(const Leaves& leaves) {
  // Leaf 0x1A EAX[31:24], Intel SDM volume 2A. Only hybrids have cores of more than one type.
  if (((leaf_or_zero(leaves, 7).edx >> 15U) & 1U) == 0) return CoreType::uniform;
  switch (leaf_or_zero(leaves, 0x1a).eax >> 24U) {
    case 0x20:
      return CoreType::efficiency;
    case 0x40:
      return CoreType::performance;
    default:
      return CoreType::uniform;
  }
}

CoreType amd_core_type(const Leaves& leaves) {
  // Leaf 0x80000026 (AMD APM volume 3 E.4.24): EAX[30] says that the cores differ, EBX[31:28] is
  // the type of this one. Both are given at the levels above the thread.
  for (std::uint32_t level = 0; level < 8; ++level) {
    const Registers registers = leaf_or_zero(leaves, 0x80000026, level);
    if (((registers.ecx >> 8U) & 0xffU) == 0) break;
    if (((registers.eax >> 30U) & 1U) == 0) continue;
    switch (registers.ebx >> 28U) {
      case 0:
        return CoreType::performance;
      case 1:
        return CoreType::efficiency;
      case 2:
        return CoreType::low_power;
      default:
        return CoreType::uniform;
    }
  }
  return CoreType::uniform;
}

std::optional<std::uint32_t> patch_bytes_of(const Leaves& leaves) {
  constexpr std::uint32_t unit = 16;
  const std::uint32_t units = leaf_or_zero(leaves, 0x80000021).ebx & 0xfffU;
  if (units == 0) return std::nullopt;
  return units * unit;
}

template <class Describe>
void note_difference(CpuFacts& facts, std::string what, const Describe& describe) {
  Difference difference{.what = std::move(what), .values = {}};
  for (const CoreClass& each : facts.classes) {
    difference.values.push_back(describe(each.identity));
  }
  const auto& values = difference.values;
  if (std::ranges::adjacent_find(values, std::ranges::not_equal_to{}) != values.end()) {
    facts.differences.push_back(std::move(difference));
  }
}

std::string feature_state(const CpuIdentity& identity, std::string_view name) {
  const auto at = identity.features.find(name);
  if (at == identity.features.end()) return "not recorded";
  return at->second ? "yes" : "no";
}

std::string cache_size(const CpuIdentity& identity, std::uint32_t level, CacheType type) {
  for (const Cache& cache : identity.caches) {
    if (cache.level == level && cache.type == type) return fmt::format("{}", cache.size_bytes);
  }
  return "none";
}

void note_differences(CpuFacts& facts) {
  if (facts.classes.size() < 2) return;
  note_difference(facts, "core type", [](const CpuIdentity& identity) {
    return std::string(to_string(identity.core_type));
  });
  note_difference(facts, "microarchitecture",
                  [](const CpuIdentity& identity) { return identity.microarchitecture.name; });
  note_difference(facts, "stepping", [](const CpuIdentity& identity) {
    return fmt::format("{}", identity.signature.stepping);
  });
  for (const FeatureBit& bit : feature_bits()) {
    note_difference(facts, std::string(bit.name),
                    [&](const CpuIdentity& identity) { return feature_state(identity, bit.name); });
  }
  std::set<std::pair<std::uint32_t, CacheType>> places;
  for (const CoreClass& each : facts.classes) {
    for (const Cache& cache : each.identity.caches) places.emplace(cache.level, cache.type);
  }
  for (const auto& place : places) {
    const std::uint32_t level = place.first;
    const CacheType type = place.second;
    note_difference(
        facts, fmt::format("L{} {} bytes", level, to_string(type)),
        [level, type](const CpuIdentity& identity) { return cache_size(identity, level, type); });
  }
}

}  // namespace

CpuIdentity decode(const LogicalCpu& cpu) {
  const Leaves& leaves = cpu.leaves;
  CpuIdentity identity;
  identity.vendor = vendor_string(leaves);
  const Vendor vendor = vendor_of(identity.vendor);
  const bool is_amd = vendor == Vendor::amd || vendor == Vendor::hygon;
  identity.brand = brand_of(leaves);
  identity.signature = decode_signature(leaf_or_zero(leaves, 1).eax);
  identity.core_type = is_amd ? amd_core_type(leaves) : intel_core_type(leaves);
  identity.microarchitecture = microarchitecture_of(vendor, identity.signature, identity.core_type);
  identity.features = decode_features(leaves);
  Caches caches = decode_caches(leaves, vendor);
  Tlbs tlbs = decode_tlbs(leaves, vendor);
  identity.caches = std::move(caches.caches);
  identity.tlbs = std::move(tlbs.tlbs);
  identity.contradictions = std::move(caches.contradictions);
  std::ranges::move(tlbs.contradictions, std::back_inserter(identity.contradictions));
  identity.hypervisor = hypervisor_of(leaves);
  if (is_amd) identity.microcode_patch_bytes = patch_bytes_of(leaves);
  identity.susceptibility = susceptibility_of(vendor, identity.signature);
  return identity;
}

CpuFacts decode(const CpuidDump& dump) {
  CpuFacts facts;
  std::map<CpuIdentity, std::size_t> index;
  for (const LogicalCpu& cpu : dump.cpus) {
    CpuIdentity identity = decode(cpu);
    const auto [at, is_new] = index.emplace(identity, facts.classes.size());
    if (is_new) facts.classes.push_back({.identity = std::move(identity), .cpus = {}});
    facts.classes[at->second].cpus.push_back(cpu.number);
  }
  note_differences(facts);
  return facts;
}

}  // namespace bytepath::host
