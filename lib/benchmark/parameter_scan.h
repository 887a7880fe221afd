#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "benchmark/command.h"

namespace bytepath::benchmark {

// hyperfine's limit of a scan; ours of the benchmarks of lists, too.
inline constexpr std::size_t max_parameter_values = 100'000;

inline constexpr std::string_view parameter_range_too_large = "Parameter range is too large";

// The values of --parameter-scan as text, first and last included.
Result<std::vector<std::string>> scan_values(const CommandOptions::Scan& scan);

}  // namespace bytepath::benchmark
