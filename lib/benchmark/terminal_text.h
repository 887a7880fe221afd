#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "benchmark/relative_speed.h"
#include "benchmark/run.h"
#include "report/style.h"

// What hyperfine prints on a terminal, byte for byte with colours off. Pure: the caller prints.
namespace bytepath::benchmark {

enum class TimeUnit { microsecond, millisecond, second };
std::string_view short_name(TimeUnit unit);  // "µs", "ms", "s"

// "123.0 ms", "1.234 s", "500.0 µs"; without a unit the one that fits: below 1 ms µs, below 1 s ms.
std::string format_time(double seconds, std::optional<TimeUnit> unit = std::nullopt);
TimeUnit fitting_unit(double seconds);
std::string format_time_value(double seconds, TimeUnit unit);  // "123.0", without the unit's name

// "Benchmark 1: sleep 1\n"
std::string header_text(const BenchmarkResult& result, const report::Style& style);

// The lines "Time (mean ± σ)" and "Range (min … max)", or the one line of a single run.
std::string result_text(const BenchmarkResult& result, std::optional<TimeUnit> unit,
                        const report::Style& style);

struct WarningContext {
  bool shell = false;               // a shell starts the commands
  bool warmup_in_use = false;       // --warmup
  bool preparation_in_use = false;  // --prepare
};
// hyperfine's four warnings as it prints them to standard error, a line " " before them; empty when
// there is none: fast execution (below 5 ms with a shell), ignored failures, a slow first run,
// outliers.
std::string warnings_text(const BenchmarkResult& result, const WarningContext& context,
                          const report::Style& style);

// "Summary ... ran ... times faster than" or, in command order, "Relative speed comparison". Empty
// for fewer than two results.
std::string summary_text(std::span<const BenchmarkResult> results,
                         std::optional<std::size_t> reference, SortOrder order,
                         const report::Style& style);

// Where no comparison is possible because a mean is 0: the note for standard error.
std::string no_comparison_text(const report::Style& style);

}  // namespace bytepath::benchmark
