#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/cpuid_dump.h"

namespace bytepath::host {

enum class Vendor : std::uint8_t { intel, amd, hygon, zhaoxin, centaur, other };

// The family, model and stepping of leaf 1 EAX with the extended fields folded in as the kernel
// does (linux arch/x86/lib/cpu.c): the extended family counts when the family is 15, the extended
// model from family 6 on.
struct Signature {
  std::uint32_t family = 0;
  std::uint32_t model = 0;
  std::uint32_t stepping = 0;
  auto operator<=>(const Signature&) const = default;
};

enum class CoreType : std::uint8_t { uniform, performance, efficiency, low_power };

// exact: the table names this very model. range: the model lies in a range that the vendor gave to
// the microarchitecture. unknown: no row.
enum class Confidence : std::uint8_t { exact, range, unknown };

struct Microarchitecture {
  std::string name;       // "Zen 3", "Golden Cove"; "unknown" without a row
  std::string code_name;  // of the product, "Milan", or empty
  Confidence confidence = Confidence::unknown;
  auto operator<=>(const Microarchitecture&) const = default;
};

std::string vendor_string(const Leaves& leaves);  // "AuthenticAMD"
Vendor vendor_of(std::string_view vendor_string);
Signature decode_signature(std::uint32_t leaf_1_eax);

Microarchitecture microarchitecture_of(Vendor vendor, const Signature& signature,
                                       CoreType core_type);

// What has been published about slow `rep movsb` at small (destination - source) mod 4096. A reason
// to measure and nothing more: firmware and microcode decide, the model does not.
enum class Susceptibility : std::uint8_t {
  known,        // AMD family 19h: reported for Zen 3 and Zen 4 (glibc bug 30994)
  not_known,    // AMD family 1Ah: neither reported nor cleared
  no_evidence,  // nothing is known about this processor
};
Susceptibility susceptibility_of(Vendor vendor, const Signature& signature);

std::string_view to_string(Confidence confidence);
std::string_view to_string(CoreType type);
std::string_view to_string(Susceptibility susceptibility);

}  // namespace bytepath::host
