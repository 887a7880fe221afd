#include "host/cpu_features.h"

#include <array>

namespace bytepath::host {
namespace {

constexpr bool never_printed = false;
using enum Register;

constexpr auto table = std::to_array<FeatureBit>({
    {"tsc", 0x1, 0, edx, 4},
    {"cx8", 0x1, 0, edx, 8},
    {"clflush", 0x1, 0, edx, 19},
    {"fxsr", 0x1, 0, edx, 24},
    {"sse", 0x1, 0, edx, 25},
    {"sse2", 0x1, 0, edx, 26},
    {"ht", 0x1, 0, edx, 28},
    {"pni", 0x1, 0, ecx, 0},
    {"ssse3", 0x1, 0, ecx, 9},
    {"fma", 0x1, 0, ecx, 12},
    {"cx16", 0x1, 0, ecx, 13},
    {"pcid", 0x1, 0, ecx, 17},
    {"sse4_1", 0x1, 0, ecx, 19},
    {"sse4_2", 0x1, 0, ecx, 20},
    {"movbe", 0x1, 0, ecx, 22},
    {"popcnt", 0x1, 0, ecx, 23},
    {"xsave", 0x1, 0, ecx, 26},
    {"osxsave", 0x1, 0, ecx, 27, never_printed},
    {"avx", 0x1, 0, ecx, 28},
    {"hypervisor", 0x1, 0, ecx, 31},
    {"bmi1", 0x7, 0, ebx, 3},
    {"avx2", 0x7, 0, ebx, 5},
    {"bmi2", 0x7, 0, ebx, 8},
    {"erms", 0x7, 0, ebx, 9},
    {"invpcid", 0x7, 0, ebx, 10},
    {"avx512f", 0x7, 0, ebx, 16},
    {"avx512dq", 0x7, 0, ebx, 17},
    {"smap", 0x7, 0, ebx, 20},
    {"clflushopt", 0x7, 0, ebx, 23},
    {"clwb", 0x7, 0, ebx, 24},
    {"avx512cd", 0x7, 0, ebx, 28},
    {"avx512bw", 0x7, 0, ebx, 30},
    {"avx512vl", 0x7, 0, ebx, 31},
    {"avx512vbmi", 0x7, 0, ecx, 1},
    {"waitpkg", 0x7, 0, ecx, 5},
    {"avx512_vbmi2", 0x7, 0, ecx, 6},
    {"vaes", 0x7, 0, ecx, 9},
    {"la57", 0x7, 0, ecx, 16},
    {"rdpid", 0x7, 0, ecx, 22},
    {"cldemote", 0x7, 0, ecx, 25},
    {"movdiri", 0x7, 0, ecx, 27},
    {"movdir64b", 0x7, 0, ecx, 28},
    {"enqcmd", 0x7, 0, ecx, 29},
    {"fsrm", 0x7, 0, edx, 4},
    {"serialize", 0x7, 0, edx, 14},
    {"hybrid_cpu", 0x7, 0, edx, 15, never_printed},
    {"avx512_fp16", 0x7, 0, edx, 23},
    {"amx_tile", 0x7, 0, edx, 24},
    {"avx_vnni", 0x7, 1, eax, 4},
    {"avx512_bf16", 0x7, 1, eax, 5},
    {"fzrm", 0x7, 1, eax, 10, never_printed},
    {"fsrs", 0x7, 1, eax, 11, never_printed},
    {"fsrc", 0x7, 1, eax, 12, never_printed},
    {"lahf_lm", 0x80000001, 0, ecx, 0},
    {"sse4a", 0x80000001, 0, ecx, 6},
    {"misalignsse", 0x80000001, 0, ecx, 7},
    {"3dnowprefetch", 0x80000001, 0, ecx, 8},
    {"topoext", 0x80000001, 0, ecx, 22},
    {"nx", 0x80000001, 0, edx, 20},
    {"pdpe1gb", 0x80000001, 0, edx, 26},
    {"rdtscp", 0x80000001, 0, edx, 27},
    {"lm", 0x80000001, 0, edx, 29},
    {"nonstop_tsc", 0x80000007, 0, edx, 8},  // the manuals' invariant TSC
    {"clzero", 0x80000008, 0, ebx, 0},
    {"rdpru", 0x80000008, 0, ebx, 4},
    {"wbnoinvd", 0x80000008, 0, ebx, 9},
    {"amd_fsrs", 0x80000021, 0, eax, 10, never_printed},
    {"amd_fsrc", 0x80000021, 0, eax, 11, never_printed},
    {"prefetch_control_msr", 0x80000021, 0, eax, 13, never_printed},
    {"amd_ermsb", 0x80000021, 0, eax, 15, never_printed},
    {"amd_fsrsc", 0x80000021, 0, eax, 19, never_printed},
});

std::uint32_t value_of(const Registers& registers, Register which) {
  switch (which) {
    case eax:
      return registers.eax;
    case ebx:
      return registers.ebx;
    case ecx:
      return registers.ecx;
    case edx:
      return registers.edx;
  }
  return 0;
}

// Leaf 7 states its highest subleaf in EAX of subleaf 0; above it a bit is known to be clear.
bool is_unknown(const Leaves& leaves, const FeatureBit& feature) {
  if (leaf_is_missing(leaves, feature.leaf)) return true;
  return feature.subleaf != 0 && leaf_or_zero(leaves, feature.leaf).eax >= feature.subleaf &&
         leaf_is_missing(leaves, feature.leaf, feature.subleaf);
}

}  // namespace

std::span<const FeatureBit> feature_bits() { return table; }

Features decode_features(const Leaves& leaves) {
  Features features;
  for (const FeatureBit& feature : table) {
    if (is_unknown(leaves, feature)) continue;
    const Registers registers = leaf_or_zero(leaves, feature.leaf, feature.subleaf);
    const bool in_range =
        feature.subleaf <= (feature.subleaf == 0 ? 0 : leaf_or_zero(leaves, feature.leaf).eax);
    const bool set = ((value_of(registers, feature.reg) >> feature.bit) & 1U) != 0;
    features.emplace(feature.name, in_range && set);
  }
  return features;
}

bool has_feature(const Features& features, std::string_view name) {
  const auto at = features.find(name);
  return at != features.end() && at->second;
}

}  // namespace bytepath::host
