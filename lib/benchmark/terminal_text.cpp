#include "benchmark/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/printable.h"

namespace bytepath::benchmark {
namespace {

struct UnitFormat {
  std::string_view name;
  double per_second;
  int precision;
};

const UnitFormat& format_of(TimeUnit unit) {
  static constexpr std::array<UnitFormat, 3> formats = {
      {{.name = "µs", .per_second = 1e6, .precision = 1},
       {.name = "ms", .per_second = 1e3, .precision = 1},
       {.name = "s", .per_second = 1, .precision = 3}}};
  return formats.at(static_cast<std::size_t>(unit));
}

// A name may hold anything, and a command line has line breaks.
std::string shown_name(const BenchmarkResult& result) {
  return report::printable(result.command.name_with_unused_parameters());
}

// Padded before it is coloured: the escape sequences have no width.
std::string right(std::string_view text) { return fmt::format("{:>8}", text); }

std::string single_run_text(const Statistics& statistics, TimeUnit unit,
                            const report::Style& style) {
  return fmt::format("  Time ({} ≡):        {}  {:8}     [User: {}, System: {}]\n",
                     style.good("abs"), style.good(right(format_time(statistics.mean, unit))), "",
                     style.blue(format_time(statistics.user, unit)),
                     style.blue(format_time(statistics.system, unit)));
}

std::string stddev_text(const RelativeSpeed& speed, const report::Style& style) {
  return speed.stddev ? " ± " + style.green(fmt::format("{:.2f}", *speed.stddev)) : "";
}

// The reference is the subject of the sentence, so a slower result makes it "faster than".
std::string comparison_text(const RelativeSpeed& speed, const report::Style& style) {
  const std::string stddev = stddev_text(speed, style);
  if (speed.order == std::weak_ordering::equivalent)
    return fmt::format("    As fast ({}{}) as", style.good(fmt::format("{:.2f}", speed.ratio)),
                       stddev);
  return fmt::format("{}{} times {} than", style.good(fmt::format("{:8.2f}", speed.ratio)), stddev,
                     speed.order == std::weak_ordering::less ? "slower" : "faster");
}

std::string ranking_text(const std::vector<RelativeSpeed>& speeds, const report::Style& style) {
  const auto reference = std::ranges::find(speeds, true, &RelativeSpeed::is_reference);
  std::string out = fmt::format("{}\n  {} ran\n", style.bold("Summary"),
                                style.cyan(shown_name(*reference->result)));
  for (const auto& speed : speeds) {
    if (speed.is_reference) continue;
    out += fmt::format("{} {}\n", comparison_text(speed, style),
                       style.magenta(shown_name(*speed.result)));
  }
  return out;
}

std::string comparison_list_text(const std::vector<RelativeSpeed>& speeds,
                                 const report::Style& style) {
  std::string out = style.bold("Relative speed comparison") + "\n";
  for (const auto& speed : speeds) {
    const bool stddev = speed.stddev && !speed.is_reference;
    out += fmt::format(
        "  {}{}  {}\n", style.good(fmt::format("{:10.2f}", speed.ratio)),
        stddev ? " ± " + style.green(fmt::format("{:5.2f}", *speed.stddev)) : std::string(8, ' '),
        shown_name(*speed.result));
  }
  return out;
}

}  // namespace

std::string_view short_name(TimeUnit unit) { return format_of(unit).name; }

TimeUnit fitting_unit(double seconds) {
  if (seconds < 0.001) return TimeUnit::microsecond;
  return seconds < 1 ? TimeUnit::millisecond : TimeUnit::second;
}

std::string format_time_value(double seconds, TimeUnit unit) {
  const UnitFormat& format = format_of(unit);
  return fmt::format("{:.{}f}", seconds * format.per_second, format.precision);
}

std::string format_time(double seconds, std::optional<TimeUnit> unit) {
  const TimeUnit used = unit.value_or(fitting_unit(seconds));
  return fmt::format("{} {}", format_time_value(seconds, used), short_name(used));
}

std::string header_text(const BenchmarkResult& result, const report::Style& style) {
  return fmt::format("{}{}: {}\n", style.bold("Benchmark "),
                     style.bold(fmt::format("{}", result.number)), shown_name(result));
}

std::string result_text(const BenchmarkResult& result, std::optional<TimeUnit> unit,
                        const report::Style& style) {
  const Statistics statistics = statistics_of(result);
  const TimeUnit used = unit.value_or(fitting_unit(statistics.mean));
  if (!statistics.stddev) return single_run_text(statistics, used, style);
  const auto time = [used](double seconds) { return format_time(seconds, used); };
  return fmt::format("  Time ({} ± {}):     {} ± {}    [User: {}, System: {}]\n",
                     style.good("mean"), style.green("σ"), style.good(right(time(statistics.mean))),
                     style.green(right(time(*statistics.stddev))),
                     style.blue(time(statistics.user)), style.blue(time(statistics.system))) +
         fmt::format("  Range ({} … {}):   {} … {}    {}\n", style.cyan("min"),
                     style.magenta("max"), style.cyan(right(time(statistics.min))),
                     style.magenta(right(time(statistics.max))),
                     style.dim(fmt::format("{} runs", result.runs.size())));
}

std::string summary_text(std::span<const BenchmarkResult> results,
                         std::optional<std::size_t> reference, SortOrder order,
                         const report::Style& style) {
  if (results.size() < 2 || !has_relative_speeds(results, reference)) return {};
  const auto speeds = relative_speeds(results, reference, order);
  return order == SortOrder::mean_time ? ranking_text(speeds, style)
                                       : comparison_list_text(speeds, style);
}

std::string no_comparison_text(const report::Style& style) {
  return style.bad("Note") +
         ": The benchmark comparison could not be computed as some benchmark times are zero. This "
         "could be caused by background interference during the initial calibration phase of "
         "run-probe, in combination with very fast commands (faster than a few milliseconds). Try "
         "to re-run the benchmark on a quiet system. If you did not do so already, try the "
         "--shell=none/-N option. If it does not help either, you command is most likely too fast "
         "to be accurately benchmarked by run-probe.\n";
}

}  // namespace bytepath::benchmark
