#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/cache_leaves.h"
#include "host/cpu_features.h"
#include "host/cpuid_dump.h"
#include "host/microarchitecture.h"
#include "host/tlb_leaves.h"

namespace bytepath::host {

// Bit 31 of leaf 1 ECX and the signature of leaf 0x40000000.
struct Hypervisor {
  bool present = false;
  std::string signature;  // "KVMKVMKVM", as it stands there
  std::string name;       // "KVM"; the signature when it is not in the table, "" on bare metal
  auto operator<=>(const Hypervisor&) const = default;
};

// What CPUID says about one logical CPU, without what tells it from its equals (APIC ids): two CPUs
// with the same identity are of one kind.
struct CpuIdentity {
  CoreType core_type = CoreType::uniform;
  std::string vendor;  // "AuthenticAMD"
  std::string brand;   // trimmed; hypervisors shorten it
  Signature signature;
  Microarchitecture microarchitecture;
  Features features;
  std::vector<Cache> caches;
  std::vector<Tlb> tlbs;
  std::vector<Contradiction> contradictions;
  Hypervisor hypervisor;
  // AMD 0x80000021 EBX[11:0] * 16: the room for patches of the microcode. Not enumerated before
  // Zen 4, nor in most guests.
  std::optional<std::uint32_t> microcode_patch_bytes;
  Susceptibility susceptibility = Susceptibility::no_evidence;
  auto operator<=>(const CpuIdentity&) const = default;
};

CpuIdentity decode(const LogicalCpu& cpu);

// CPUs of one kind.
struct CoreClass {
  CpuIdentity identity;
  std::vector<std::uint32_t> cpus;  // numbers, as in the dump
};

// Something in which the classes differ; values[i] belongs to classes[i] of the facts.
struct Difference {
  std::string what;  // "fsrm", "L1 data size"
  std::vector<std::string> values;
};

struct CpuFacts {
  std::vector<CoreClass> classes;  // in the order of their first CPU; never empty for a parsed dump
  std::vector<Difference> differences;
};

CpuFacts decode(const CpuidDump& dump);

}  // namespace bytepath::host
