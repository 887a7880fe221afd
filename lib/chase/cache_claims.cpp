#include "chase/cache_claims.h"

#include <algorithm>

namespace bytepath::chase {
namespace {

const host::Cache* data_cache(const std::vector<host::Cache>& caches, std::uint32_t level) {
  const auto found = std::ranges::find_if(caches, [level](const host::Cache& cache) {
    return cache.level == level && cache.type != host::CacheType::instruction;
  });
  return found == caches.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> entries(const std::vector<host::Tlb>& tlbs, std::uint8_t page) {
  for (const auto& tlb : tlbs) {
    const bool of_data = tlb.kind == host::TlbKind::data || tlb.kind == host::TlbKind::unified ||
                         tlb.kind == host::TlbKind::load;
    if (tlb.level == 1 && of_data && (tlb.pages & page) != 0) return tlb.entries;
  }
  return std::nullopt;
}

}  // namespace

CacheClaims claims_of(const host::CpuIdentity& cpuid, const std::vector<host::Cache>& sysfs) {
  CacheClaims claims;
  constexpr std::uint32_t most_levels = 5;
  for (std::uint32_t level = 1; level <= most_levels; ++level) {
    const host::Cache* const by_cpuid = data_cache(cpuid.caches, level);
    const host::Cache* const by_sysfs = data_cache(sysfs, level);
    if (by_cpuid == nullptr && by_sysfs == nullptr) break;
    CacheClaim claim{.level = level};
    if (by_cpuid != nullptr) {
      claim.cpuid = by_cpuid->size_bytes;
      if (by_cpuid->shared_by > 0) claim.of_one = by_cpuid->size_bytes;
    }
    if (by_sysfs != nullptr) {
      claim.sysfs = by_sysfs->size_bytes;
      claim.of_one = by_sysfs->size_bytes;
    }
    claims.caches.push_back(claim);
  }
  claims.small_page_entries = entries(cpuid.tlbs, host::page_4k);
  claims.huge_page_entries = entries(cpuid.tlbs, host::page_2m);
  return claims;
}

}  // namespace bytepath::chase
