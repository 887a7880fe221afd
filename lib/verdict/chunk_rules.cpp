#include "verdict/chunk_rules.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Table;
using result::Value;
using Row = std::vector<Value>;

std::optional<double> number(const Table& table, const Row& row, std::string_view column) {
  const Value value = cell(table, row, column);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::nullopt;
}

// The row whose number is nearest, by ratio.
const Row* nearest(const Table& table, std::string_view column, double wanted) {
  const auto distance = [&](const Row& row) {
    return std::abs(std::log(number(table, row, column).value_or(0) / wanted));
  };
  const auto found = std::ranges::min_element(table.rows, {}, distance);
  return found == table.rows.end() ? nullptr : &*found;
}

std::string percent_text(std::optional<double> percent) {
  return percent ? format_quantity(*percent, "percent") : "n/a";
}

}  // namespace

void judge_dedup(Document& document) {
  if (parameter_text(document, "mode") != "dedup") return;
  const Table* grids = find_table(document, "grids");
  if (grids == nullptr) return;
  // What AWS Lambda uses ("On-demand container loading", USENIX ATC 2023).
  constexpr double usual_chunk = 512 * 1024;
  const Row* row = nearest(*grids, "chunk", usual_chunk);
  if (row == nullptr) return;
  document.verdict = {
      .state = "measured",
      .text = fmt::format("with chunks of {} a store holds {}, {} of the images; unique {}, "
                          "shared {}, zero {}",
                          size_text(number(*grids, *row, "chunk").value_or(0)),
                          size_text(number(*grids, *row, "stored").value_or(0)),
                          percent_text(number(*grids, *row, "stored_share")),
                          percent_text(number(*grids, *row, "unique")),
                          percent_text(number(*grids, *row, "shared")),
                          percent_text(number(*grids, *row, "zero")))};
}

void judge_cache_what_if(Document& document) {
  if (parameter_text(document, "mode") != "whatif") return;
  const Table* ratios = find_table(document, "miss_ratios");
  if (ratios == nullptr) return;
  // Where a cache is worth its name: what it holds is a small part of all.
  constexpr double telling_share = 10;
  const Row* row = nearest(*ratios, "of_all", telling_share);
  if (row == nullptr) return;
  const result::Column* best = nullptr;
  for (const auto& column : ratios->columns) {
    if (column.name == "capacity" || column.name == "of_all" || column.name == "belady") continue;
    if (best == nullptr || number(*ratios, *row, column.name).value_or(100) <
                               number(*ratios, *row, best->name).value_or(100)) {
      best = &column;
    }
  }
  if (best == nullptr) return;
  const auto lru = number(*ratios, *row, "lru");
  const auto least = number(*ratios, *row, "belady");
  document.verdict = {
      .state = "measured",
      .text =
          fmt::format("in a cache of {}, {} of all objects, {} misses least, {}{}{}",
                      size_text(number(*ratios, *row, "capacity").value_or(0)),
                      percent_text(number(*ratios, *row, "of_all")), best->name,
                      percent_text(number(*ratios, *row, best->name)),
                      lru && best->name != "lru" ? ", where lru misses " + percent_text(lru) : "",
                      least ? "; no policy could miss less than " + percent_text(least) : "")};
}

}  // namespace bytepath::verdict
