#include "host/cpuinfo.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "host/microarchitecture.h"

namespace bytepath::host {
namespace {

constexpr std::size_t max_cpuinfo_cpus = 8192;

std::optional<std::uint32_t> number_of(std::string_view text, int base) {
  const auto value = parse_unsigned(text, base);
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::optional<double> decimal_of(std::string_view text) {
  double value = 0;
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [rest, error] = std::from_chars(begin, end, value, std::chars_format::fixed);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

void set_field(CpuInfo& cpu, std::string_view key, std::string_view value) {
  if (key == "vendor_id") cpu.vendor = value;
  if (key == "cpu family") cpu.family = number_of(value, 10);
  if (key == "model") cpu.model = number_of(value, 10);
  if (key == "stepping") cpu.stepping = number_of(value, 10);
  if (key == "model name") cpu.model_name = value;
  if (key == "microcode") cpu.microcode = number_of(value, 16);
  if (key == "cpu MHz") cpu.mhz = decimal_of(value);
  if (key == "flags") cpu.flags = value;
  if (key == "bugs") cpu.bugs = value;
}

}  // namespace

Result<std::vector<CpuInfo>> parse_cpuinfo(std::string_view text, std::string_view name) {
  std::vector<CpuInfo> cpus;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = trim(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (key == "processor") {
      const auto number = number_of(value, 10);
      if (!number || cpus.size() >= max_cpuinfo_cpus) {
        return fail(ErrorKind::failed,
                    fmt::format("{}: processor {}: not a CPU number, or too many", name,
                                value.substr(0, 32)));
      }
      cpus.push_back({.number = *number});
    } else if (!cpus.empty()) {
      set_field(cpus.back(), key, value);
    }
  }
  if (cpus.empty()) {
    return fail(ErrorKind::unsupported, fmt::format("{}: names no processor", name),
                "is /proc mounted?");
  }
  return cpus;
}

Result<std::vector<CpuInfo>> read_cpuinfo(const Root& root) {
  const std::string path = root.at("/proc/cpuinfo");
  BYTEPATH_TRY(text, read_file(path));
  return parse_cpuinfo(text, path);
}

FlagSet flag_set(std::string_view flags) {
  FlagSet set;
  for (const std::string_view flag : words(flags)) set.emplace(flag);
  return set;
}

FlagComparison compare_flags(const Features& cpuid, const FlagSet& kernel) {
  FlagComparison result;
  for (const FeatureBit& bit : feature_bits()) {
    const auto at = cpuid.find(bit.name);
    if (at == cpuid.end()) continue;
    const bool shown = kernel.contains(bit.name);
    if (!bit.printed) {
      if (at->second) result.not_printed.emplace_back(bit.name);
    } else if (at->second && !shown) {
      result.cleared.emplace_back(bit.name);
    } else if (!at->second && shown) {
      result.added.emplace_back(bit.name);
    }
  }
  return result;
}

bool is_synthetic_microcode(std::uint32_t revision, const CpuIdentity& identity) {
  constexpr std::uint32_t kvm_amd = 0x01000065;
  constexpr std::uint32_t kvm_intel = 0x1;
  if (!identity.hypervisor.present) return false;
  const Vendor vendor = vendor_of(identity.vendor);
  if (vendor == Vendor::amd || vendor == Vendor::hygon) return revision == kvm_amd;
  return vendor == Vendor::intel && revision == kvm_intel;
}

}  // namespace bytepath::host
