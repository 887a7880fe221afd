#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "result/document.h"

// A view of the table "comparisons" (written by lib/compare/comparison_table.cpp) for its rules. A
// saved document may hold anything: what is not of a column's type reads as nothing.
namespace bytepath::verdict {

struct ComparisonRow {
  std::string benchmark;  // one line, whatever the command
  std::string metric;
  std::string baseline;
  std::string now;
  // Percent. NaN where infinite, as JSON has no infinity and a replayed document must read the
  // same.
  double change = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  double margin = std::numeric_limits<double>::quiet_NaN();
  std::int64_t count = 0;
  bool paired = false;
  std::string verdict;
  std::string gate;
  std::string outcome;
  std::string why;

  // "xz wall"
  std::string subject() const;
  // "+9.8 % [+8.1, +11.2]", or "from 0 to 5" where no percentage says it.
  std::string change_text() const;
  result::Record evidence() const;
};

std::vector<ComparisonRow> comparison_rows(const result::Document& document);

// "+5", "+0.5"
std::string signed_percent(double percent);

bool parameter_is_true(const result::Document& document, const std::string& name);
std::string parameter_text(const result::Document& document, const std::string& name);

}  // namespace bytepath::verdict
