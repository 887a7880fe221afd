#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "benchmark/terminal_text.h"
#include "stats/spread.h"

namespace bytepath::benchmark {
namespace {

// Below it hyperfine does not trust its correction for the shell's start, in seconds.
constexpr double shortest_with_shell = 5e-3;

std::string_view slow_first_run_hint(const WarningContext& context) {
  if (context.warmup_in_use && context.preparation_in_use)
    return "You are already using both the '--warmup' option as well as the '--prepare' option. "
           "Consider re-running the benchmark on a quiet system. Maybe it was a random outlier. "
           "Alternatively, consider increasing the warmup count.";
  if (context.warmup_in_use)
    return "You are already using the '--warmup' option which helps to fill these caches before "
           "the actual benchmark. You can either try to increase the warmup count further or "
           "re-run this benchmark on a quiet system in case it was a random outlier. "
           "Alternatively, consider using the '--prepare' option to clear the caches before each "
           "timing run.";
  if (context.preparation_in_use)
    return "You are already using the '--prepare' option which can be used to clear caches. If you "
           "did not use a cache-clearing command with '--prepare', you can either try that or "
           "consider using the '--warmup' option to fill those caches before the actual benchmark.";
  return "You should consider using the '--warmup' option to fill those caches before the actual "
         "benchmark. Alternatively, use the '--prepare' option to clear the caches before each "
         "timing run.";
}

// The warning of the first run, else that of any other, or empty.
std::string outlier_warning(const BenchmarkResult& result, const WarningContext& context) {
  std::vector<double> times;
  times.reserve(result.runs.size());
  for (const auto& run : result.runs) times.push_back(run.wall);
  const std::vector<double> scores = stats::outlier_scores(times);
  if (scores.empty()) return {};
  if (scores.front() > stats::outlier_score)
    return fmt::format(
        "The first benchmarking run for this command was significantly slower than the rest ({}). "
        "This could be caused by (filesystem) caches that were not filled until after the first "
        "run. {}",
        format_time(times.front()), slow_first_run_hint(context));
  const auto is_outlier = [](double score) { return std::abs(score) > stats::outlier_score; };
  if (std::ranges::none_of(scores, is_outlier)) return {};
  return fmt::format(
      "Statistical outliers were detected. Consider re-running this benchmark on a quiet system "
      "without any interferences from other programs.{}",
      context.warmup_in_use && context.preparation_in_use
          ? ""
          : " It might help to use the '--warmup' or '--prepare' options.");
}

std::vector<std::string> warnings_of(const BenchmarkResult& result, const WarningContext& context) {
  std::vector<std::string> warnings;
  const auto is_short = [](const Run& run) { return run.wall < shortest_with_shell; };
  if (context.shell && std::ranges::any_of(result.runs, is_short))
    warnings.push_back(fmt::format(
        "Command took less than {:.0f} ms to complete. Note that the results might be inaccurate "
        "because run-probe can not calibrate the shell startup time much more precise than this "
        "limit. You can try to use the `-N`/`--shell=none` option to disable the shell completely.",
        shortest_with_shell * 1e3));
  const auto has_failed = [](const Run& run) { return run.exit_code != 0; };
  if (std::ranges::any_of(result.runs, has_failed))
    warnings.emplace_back("Ignoring non-zero exit code.");
  if (std::string outliers = outlier_warning(result, context); !outliers.empty())
    warnings.push_back(std::move(outliers));
  return warnings;
}

}  // namespace

std::string warnings_text(const BenchmarkResult& result, const WarningContext& context,
                          const report::Style& style) {
  const std::vector<std::string> warnings = warnings_of(result, context);
  if (warnings.empty()) return {};
  std::string out = " \n";
  for (const auto& warning : warnings)
    out += fmt::format("  {}: {}\n", style.yellow("Warning"), warning);
  return out;
}

}  // namespace bytepath::benchmark
