#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "host/cpuid_decode.h"

// What the machine says about its caches and TLBs, to hold against what is measured. Pure.
namespace bytepath::chase {

struct CacheClaim {
  std::uint32_t level = 0;
  std::optional<std::uint64_t> cpuid;  // bytes
  std::optional<std::uint64_t> sysfs;
  // What one such cache holds, by who also says how many CPUs share it: AMD's older leaf gives the
  // sum of a package.
  std::optional<std::uint64_t> of_one;
};

struct CacheClaims {
  std::vector<CacheClaim> caches;  // of data, ascending from 1
  // Entries of the first-level data TLB for pages of 4 KiB and of 2 MiB.
  std::optional<std::uint64_t> small_page_entries;
  std::optional<std::uint64_t> huge_page_entries;
};

CacheClaims claims_of(const host::CpuIdentity& cpuid, const std::vector<host::Cache>& sysfs);

}  // namespace bytepath::chase
