#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "host/cpuid_dump.h"

namespace bytepath::host {

enum class Register : std::uint8_t { eax, ebx, ecx, edx };

// One CPUID bit. The names are those of /proc/cpuinfo (linux arch/x86/include/asm/cpufeatures.h);
// bits that the kernel knows but never prints, or does not know, have the manuals' names in the
// same style.
struct FeatureBit {
  std::string_view name;
  std::uint32_t leaf = 0;
  std::uint32_t subleaf = 0;
  Register reg = Register::eax;
  std::uint8_t bit = 0;
  bool printed = true;  // in the "flags" line of /proc/cpuinfo when set
};

// The bits that matter to the movement of bytes. Sources: Intel SDM volume 2A, CPUID; AMD APM
// volume 3 appendix E; Xen's public cpufeatureset.h for the AMD string bits.
std::span<const FeatureBit> feature_bits();

// name -> set or not, for every bit whose leaf the dump holds or whose absence is stated by the
// maximum leaf. A bit of a leaf that was left out of the dump is not in the map.
using Features = std::map<std::string, bool, std::less<>>;
Features decode_features(const Leaves& leaves);

// false also for a bit that is not known.
bool has_feature(const Features& features, std::string_view name);

}  // namespace bytepath::host
