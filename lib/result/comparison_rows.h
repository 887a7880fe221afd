#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "result/document.h"

// A view of the table "comparisons", which run-probe and probe-compare write (through
// compare::add_comparisons), for rules, renderers and texts. A saved document may hold anything:
// what is missing or not of a column's type reads as nothing.
namespace bytepath::result {

struct ComparisonRow {
  std::string benchmark;  // all texts are one line, whatever the command
  std::string metric;
  std::string baseline;
  std::string now;
  // Percent. NaN where unknown or infinite, as JSON has no infinity and a replayed document must
  // read the same.
  double change = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  double margin = std::numeric_limits<double>::quiet_NaN();
  double detectable = std::numeric_limits<double>::quiet_NaN();
  std::int64_t count = 0;
  bool paired = false;
  std::string verdict;
  std::string gate;
  std::string outcome;
  std::string why;

  // "xz wall"
  std::string subject() const;
  // "+9.8 % [+8.1, +11.2]", a change below 1 % with two digits; "n/a" where no percentage says it.
  std::string change_text() const;
  // The same for a sentence: "from 0 to 5" instead of "n/a".
  std::string change_in_words() const;
  Record evidence() const;
};

// Nothing where the document has none. A table of that name without a benchmark and a verdict is
// something else.
const Table* comparison_table(const Document& document);
bool is_comparison_table(const Table& table);

std::vector<ComparisonRow> comparison_rows(const Table& table);
std::vector<ComparisonRow> comparison_rows(const Document& document);

}  // namespace bytepath::result
