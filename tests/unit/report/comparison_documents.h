#pragma once
#include <initializer_list>
#include <string>
#include <utility>

#include "result/document.h"

// Documents with a table "comparisons" for the tests of its renderings.
namespace bytepath::report {

using result::Value;

inline result::Document comparison_document() {
  result::Document document{.tool = "probe-compare", .tool_version = "1", .started = "then"};
  document.verdict = {.state = "passed", .text = "passed: 1 of 1 gate"};
  document.tables.push_back({.name = "comparisons",
                             .title = "Comparisons",
                             .columns = {{"benchmark", ""},
                                         {"metric", ""},
                                         {"baseline", ""},
                                         {"now", ""},
                                         {"change", "percent_change"},
                                         {"low", "percent_change"},
                                         {"high", "percent_change"},
                                         {"margin", "percent"},
                                         {"verdict", ""},
                                         {"gate", ""},
                                         {"outcome", ""},
                                         {"why", ""}},
                             .rows = {}});
  return document;
}

// A row of wall time, 9.8 % slower, with some cells replaced.
inline void add_row(result::Document& document,
                    std::initializer_list<std::pair<std::string, Value>> cells) {
  auto& table = document.tables.front();
  std::vector<Value> row = {"sort", "wall", "1.00 s",     "1.10 s", 9.83, 8.12,
                            11.21,  5.0,    "equivalent", "",       "",   ""};
  for (const auto& [name, value] : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (table.columns[i].name == name) row[i] = value;
    }
  }
  table.rows.push_back(std::move(row));
}

inline void add_finding(result::Document& document, std::string id, result::Severity severity,
                        std::string text, result::Record evidence = {}) {
  document.findings.push_back({.id = std::move(id),
                               .severity = severity,
                               .text = std::move(text),
                               .evidence = std::move(evidence),
                               .remedies = {}});
}

// Text with everything that means something to one of the formats.
inline const std::string hostile = "a|b`c`\n<script>]]>\r\x1b[31m -->%0A::error::x\xff";

inline std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
    ++found;
  }
  return found;
}

}  // namespace bytepath::report
