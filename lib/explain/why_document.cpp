#include "explain/why_document.h"

#include <algorithm>
#include <cmath>

#include "explain/hot_document.h"
#include "result/document_parts.h"

namespace bytepath::explain {
namespace {

using result::Value;
using result::whole;

constexpr double ns_per_second = 1e9;
constexpr double least_part = 0.01;
constexpr std::size_t most_parts = 12;

Value text_or_none(const std::string& text) { return text.empty() ? Value() : Value(text); }

void add_row(result::Table& table, const Difference& difference, const Part& part, bool explains) {
  const auto ns = [](double seconds) { return Value(std::round(seconds * ns_per_second)); };
  table.rows.push_back(
      {difference.slower, difference.faster, explains, std::string(name(part.cause)),
       text_or_none(part.what), text_or_none(part.image), ns(part.slower_seconds),
       ns(part.faster_seconds), ns(part.difference), result::percent * part.share, part.sigma,
       whole(part.samples), part.count_difference != 0 ? Value(part.count_difference) : Value(),
       text_or_none(part.instruction), text_or_none(distances_text(part.distances)),
       text_or_none(part.source)});
}

}  // namespace

void add_differences(result::Document& document, const std::vector<Difference>& differences) {
  result::Table table{.name = "explanation",
                      .title = "Where the difference is",
                      .columns = {{"slower", ""},
                                  {"faster", ""},
                                  {"explains", ""},
                                  {"cause", ""},
                                  {"what", ""},
                                  {"image", ""},
                                  {"time_slower", "ns"},
                                  {"time_faster", "ns"},
                                  {"difference", "ns"},
                                  {"share", "percent"},
                                  {"sigma", ""},
                                  {"samples", ""},
                                  {"more", ""},
                                  {"instruction", ""},
                                  {"distances", ""},
                                  {"source", ""}},
                      .rows = {}};
  for (const auto& difference : differences) {
    if (difference.verdict) add_row(table, difference, *difference.verdict, true);
    std::size_t rows = 0;
    for (const auto& part : difference.parts) {
      if (std::abs(part.share) < least_part || rows == most_parts) continue;
      add_row(table, difference, part, false);
      ++rows;
    }
  }
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::explain
