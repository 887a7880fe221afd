#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "result/document.h"

// Small things that documents are made of.
namespace bytepath::result {

inline constexpr double percent = 100;

// A number of a table: none is lost up to 2^63.
inline Value whole(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// In percent; of nothing it is 0.
inline double share(double part, double all) { return all > 0 ? percent * part / all : 0; }
inline double share(std::uint64_t part, std::uint64_t all) {
  return share(static_cast<double>(part), static_cast<double>(all));
}

// The place of a column, SIZE_MAX when there is none.
inline std::size_t place_of(const Table& table, std::string_view column) {
  const auto found = std::ranges::find(table.columns, column, &Column::name);
  return found == table.columns.end() ? SIZE_MAX
                                      : static_cast<std::size_t>(found - table.columns.begin());
}

// A label's value, empty when there is none.
inline std::string label(const Labels& labels, const std::string& key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string{} : found->second;
}

// A metric that was measured or computed once.
inline Metric single_metric(std::string name, Labels labels, double value, std::string unit,
                            Better better) {
  return {.name = std::move(name),
          .labels = std::move(labels),
          .unit = std::move(unit),
          .better = better,
          .median = value,
          .low = value,
          .high = value,
          .count = 1,
          .samples = {value}};
}

// A point that was measured or computed once, of `count` things.
inline Point single_point(double x, double value, std::uint64_t count) {
  return {.x = x, .median = value, .low = value, .high = value, .count = count};
}

}  // namespace bytepath::result
