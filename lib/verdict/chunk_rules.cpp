#include "verdict/chunk_rules.h"

#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Table;
using Row = std::vector<result::Value>;

}  // namespace

void judge_dedup(Document& document) {
  if (parameter_text(document, "mode") != "dedup") return;
  const Table* grids = find_table(document, "grids");
  if (grids == nullptr) return;
  const Row* row = nearest_row(*grids, "chunk", usual_chunk);
  if (row == nullptr) return;
  document.verdict = {
      .state = "measured",
      .text = fmt::format("with chunks of {} a store holds {}, {} of the images; unique {}, "
                          "shared {}, zero {}",
                          size_text(number_of(*grids, *row, "chunk").value_or(0)),
                          size_text(number_of(*grids, *row, "stored").value_or(0)),
                          percent_text(number_of(*grids, *row, "stored_share")),
                          percent_text(number_of(*grids, *row, "unique")),
                          percent_text(number_of(*grids, *row, "shared")),
                          percent_text(number_of(*grids, *row, "zero")))};
}

void judge_cache_what_if(Document& document) {
  if (parameter_text(document, "mode") != "whatif") return;
  const Table* ratios = find_table(document, "miss_ratios");
  if (ratios == nullptr) return;
  // Where a cache is worth its name: what it holds is a small part of all.
  constexpr double telling_share = 10;
  const Row* row = nearest_row(*ratios, "of_all", telling_share);
  if (row == nullptr) return;
  const result::Column* best = nullptr;
  for (const auto& column : ratios->columns) {
    if (column.name == "capacity" || column.name == "of_all" || column.name == "belady") continue;
    if (best == nullptr || number_of(*ratios, *row, column.name).value_or(100) <
                               number_of(*ratios, *row, best->name).value_or(100)) {
      best = &column;
    }
  }
  if (best == nullptr) return;
  const auto lru = number_of(*ratios, *row, "lru");
  const auto least = number_of(*ratios, *row, "belady");
  document.verdict = {
      .state = "measured",
      .text =
          fmt::format("in a cache of {}, {} of all objects, {} misses least, {}{}{}",
                      size_text(number_of(*ratios, *row, "capacity").value_or(0)),
                      percent_text(number_of(*ratios, *row, "of_all")), best->name,
                      percent_text(number_of(*ratios, *row, best->name)),
                      lru && best->name != "lru" ? ", where lru misses " + percent_text(lru) : "",
                      least ? "; no policy could miss less than " + percent_text(least) : "")};
}

}  // namespace bytepath::verdict
