#pragma once
#include <optional>

#include "host/cpuid_decode.h"
#include "host/cpuinfo.h"
#include "result/document.h"

namespace bytepath::describe {

// Tables "cpu", "features", "caches", "tlbs", "contradictions" and, for hybrids, "core_types".
// `info` is what the kernel says of the same CPU; absent for a dump of another host.
void add_cpu_tables(result::Document& document, const host::CpuFacts& facts,
                    const std::optional<host::CpuInfo>& info);

}  // namespace bytepath::describe
