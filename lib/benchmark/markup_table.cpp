#include <fmt/ranges.h>

#include <array>

#include "benchmark/export_writers.h"
#include "report/printable.h"

namespace bytepath::benchmark {
namespace {

// A table of five columns, the first to the left and the others to the right.
struct Markup {
  std::string_view table_begin;
  std::string_view row_begin;
  std::string_view after_first_cell;
  std::string_view after_other_cell;
  std::string_view row_end;
  std::string_view below_heading;
  std::string_view table_end;
  char code_quote;
};

constexpr Markup markdown = {.table_begin = "",
                             .row_begin = "| ",
                             .after_first_cell = " | ",
                             .after_other_cell = " | ",
                             .row_end = " |\n",
                             .below_heading = "|:---|---:|---:|---:|---:|\n",
                             .table_end = "",
                             .code_quote = '`'};
constexpr Markup asciidoc = {.table_begin = "[cols=\"<,>,>,>,>\"]\n|===",
                             .row_begin = "\n| ",
                             .after_first_cell = " \n| ",
                             .after_other_cell = " \n| ",
                             .row_end = " \n",
                             .below_heading = "",
                             .table_end = "|===\n",
                             .code_quote = '`'};
constexpr Markup orgmode = {.table_begin = "",
                            .row_begin = "| ",
                            .after_first_cell = "  |  ",
                            .after_other_cell = " |  ",
                            .row_end = " |\n",
                            .below_heading = "|--+--+--+--+--|\n",
                            .table_end = "",
                            .code_quote = '='};

using Row = std::array<std::string, 5>;

std::string row_text(const Markup& markup, const Row& cells) {
  return fmt::format("{}{}{}{}{}", markup.row_begin, cells[0], markup.after_first_cell,
                     fmt::join(std::span(cells).subspan(1), markup.after_other_cell),
                     markup.row_end);
}

Row heading(TimeUnit unit) {
  const std::string_view name = short_name(unit);
  return {"Command", fmt::format("Mean [{}]", name), fmt::format("Min [{}]", name),
          fmt::format("Max [{}]", name), "Relative"};
}

std::string command_cell(const Markup& markup, const std::string& name) {
  std::string escaped;
  for (const char character : report::printable(name)) {
    if (character == '|') escaped += '\\';
    escaped += character;
  }
  return fmt::format("{0}{1}{0}", markup.code_quote, escaped);
}

Row row(const Markup& markup, const RelativeSpeed& speed, TimeUnit unit) {
  const Statistics& statistics = speed.statistics;
  std::string mean = format_time_value(statistics.mean, unit);
  if (statistics.stddev) mean += " ± " + format_time_value(*statistics.stddev, unit);
  std::string relative = fmt::format("{:.2f}", speed.ratio);
  if (speed.stddev && !speed.is_reference) relative += fmt::format(" ± {:.2f}", *speed.stddev);
  return {command_cell(markup, speed.result->command.name_with_unused_parameters()),
          std::move(mean), format_time_value(statistics.min, unit),
          format_time_value(statistics.max, unit), std::move(relative)};
}

TimeUnit unit_of(std::span<const BenchmarkResult> results, const ExportContext& context) {
  if (context.unit) return *context.unit;
  return results.empty() ? TimeUnit::second : fitting_unit(statistics_of(results.front()).mean);
}

std::string table(const Markup& markup, std::span<const BenchmarkResult> results,
                  const ExportContext& context) {
  const TimeUnit unit = unit_of(results, context);
  std::string out(markup.table_begin);
  out += row_text(markup, heading(unit));
  out += markup.below_heading;
  for (const auto& speed : relative_speeds(results, std::nullopt, context.order))
    out += row_text(markup, row(markup, speed, unit));
  out += markup.table_end;
  return out;
}

}  // namespace

std::string export_asciidoc(std::span<const BenchmarkResult> results,
                            const ExportContext& context) {
  return table(asciidoc, results, context);
}

std::string export_markdown(std::span<const BenchmarkResult> results,
                            const ExportContext& context) {
  return table(markdown, results, context);
}

std::string export_orgmode(std::span<const BenchmarkResult> results, const ExportContext& context) {
  return table(orgmode, results, context);
}

}  // namespace bytepath::benchmark
