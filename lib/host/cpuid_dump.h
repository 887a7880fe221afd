#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The register file that the CPUID instruction answers with. Everything decoded from it is a pure
// function, so a saved dump of a foreign processor is as good as the processor itself.
namespace bytepath::host {

struct Registers {
  std::uint32_t eax = 0;
  std::uint32_t ebx = 0;
  std::uint32_t ecx = 0;
  std::uint32_t edx = 0;
  auto operator<=>(const Registers&) const = default;
};

struct LeafKey {
  std::uint32_t leaf = 0;
  std::uint32_t subleaf = 0;
  auto operator<=>(const LeafKey&) const = default;
};

using Leaves = std::map<LeafKey, Registers>;

struct LogicalCpu {
  std::uint32_t number = 0;  // as the kernel counts; 0 where a dump does not say
  Leaves leaves;
  bool operator==(const LogicalCpu&) const = default;
};

struct CpuidDump {
  std::vector<LogicalCpu> cpus;
  bool operator==(const CpuidDump&) const = default;
};

// The registers of a leaf, or nullptr when it was not recorded or lies above the maximum that its
// range states (leaf 0, 0x40000000, 0x80000000): beyond it Intel repeats the last basic leaf.
const Registers* find_leaf(const Leaves& leaves, std::uint32_t leaf, std::uint32_t subleaf = 0);

// The same, all zeroes where there is none: what the architecture says about an absent leaf.
Registers leaf_or_zero(const Leaves& leaves, std::uint32_t leaf, std::uint32_t subleaf = 0);

// Whether the leaf is within the range that the processor states but was left out of the dump, so
// that nothing may be said about its bits.
bool leaf_is_missing(const Leaves& leaves, std::uint32_t leaf, std::uint32_t subleaf = 0);

// Limits of parse_dump. A host with 512 CPUs writes about 3 MB.
inline constexpr std::size_t max_dump_bytes = 64U << 20;
inline constexpr std::size_t max_dump_line = 4096;
inline constexpr std::size_t max_dump_cpus = 8192;
inline constexpr std::size_t max_leaves_per_cpu = 2048;

// Reads a dump in one of the two forms in use:
//   `cpuid -r` (Todd Allen):   "CPU 0:" then "0x00000007 0x00: eax=... ebx=... ecx=... edx=..."
//   AIDA64 and InstLatx64:     "------[ Logical CPU #0 ]------" or "CPU#000 AffMask: ...", then
//                              "CPUID 00000007: eax-ebx-ecx-edx [SL 00]" (subleaf in hex)
// CR LF, a UTF-8 byte order mark and the prose around the leaves are accepted. InstLatx64 files may
// leave out "[SL ..]" (a repeated leaf is the next subleaf) and the headers (a repeated leaf 0 is
// the next CPU). `name` is the file, for the error.
Result<CpuidDump> parse_dump(std::string_view text, std::string_view name);

// Writes the `cpuid -r` form, which `cpuid -f` and parse_dump read.
std::string format_dump(const CpuidDump& dump);

}  // namespace bytepath::host
