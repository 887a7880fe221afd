#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/root.h"

namespace bytepath::host {

// The total of the line "some" of /proc/pressure/cpu (Documentation/accounting/psi.rst):
// microseconds since boot in which at least one task waited for a CPU.
std::optional<std::uint64_t> parse_cpu_pressure(std::string_view pressure);

// Nothing where the kernel does not account for it (CONFIG_PSI, or booted with psi=0).
std::optional<std::uint64_t> read_cpu_pressure(const Root& root);

}  // namespace bytepath::host
