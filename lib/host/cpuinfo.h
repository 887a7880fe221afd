#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/root.h"
#include "host/cpu_features.h"
#include "host/cpuid_decode.h"

namespace bytepath::host {

// One block of /proc/cpuinfo (linux arch/x86/kernel/cpu/proc.c). Fields that the kernel leaves out
// are empty.
struct CpuInfo {
  std::uint32_t number = 0;
  std::string vendor;
  std::optional<std::uint32_t> family;
  std::optional<std::uint32_t> model;
  std::optional<std::uint32_t> stepping;
  std::string model_name;
  std::optional<std::uint32_t> microcode;  // the revision that is loaded
  std::optional<double> mhz;               // at the moment of reading
  std::string flags;                       // as printed, names between spaces
  std::string bugs;
};

// `name` is the file, for the error. A text without any "processor" block is an error.
Result<std::vector<CpuInfo>> parse_cpuinfo(std::string_view text, std::string_view name);
Result<std::vector<CpuInfo>> read_cpuinfo(const Root& root);

using FlagSet = std::set<std::string, std::less<>>;
FlagSet flag_set(std::string_view flags);

// Where the running kernel and CPUID disagree. The kernel's flags show what it uses; CPUID shows
// what firmware and hypervisor left switched on.
struct FlagComparison {
  // CPUID has them, the kernel does not show them: clearcpuid=, a quirk (Intel clears erms when
  // fast strings are off in IA32_MISC_ENABLE), or a kernel older than the bit.
  std::vector<std::string> cleared;
  // The kernel shows them, CPUID does not: the kernel set them itself.
  std::vector<std::string> added;
  // Bits that no kernel prints, set in CPUID: /proc/cpuinfo says nothing about them.
  std::vector<std::string> not_printed;
  auto operator<=>(const FlagComparison&) const = default;
};
FlagComparison compare_flags(const Features& cpuid, const FlagSet& kernel);

// Whether a hypervisor made the microcode revision up: KVM answers 0x01000065 on AMD (linux
// arch/x86/kvm/svm/svm.c) and 0x1 on Intel (arch/x86/kvm/vmx/vmx.c) unless it is told the host's.
bool is_synthetic_microcode(std::uint32_t revision, const CpuIdentity& identity);

}  // namespace bytepath::host
