#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/root.h"

namespace bytepath::host {

// The total of the line "some" of a file of /proc/pressure (Documentation/accounting/psi.rst):
// microseconds since boot in which at least one task waited.
std::optional<std::uint64_t> parse_pressure(std::string_view pressure);

// For a CPU, and for memory: pages to be freed, or to be read again. Nothing where the kernel does
// not account for it (CONFIG_PSI, or booted with psi=0).
std::optional<std::uint64_t> read_cpu_pressure(const Root& root);
std::optional<std::uint64_t> read_memory_pressure(const Root& root);

}  // namespace bytepath::host
