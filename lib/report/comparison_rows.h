#pragma once
#include <string>

#include "result/comparison_rows.h"

// What the terminal, Markdown and JUnit say of a row of the table "comparisons".
namespace bytepath::report {

// "wall:+5%: failed", or what there is of it.
std::string gate_text(const result::ComparisonRow& row);

// Nothing to look at: equivalent or inconclusive, and no gate that failed or was not judged. A word
// that is not known is worth a look.
bool is_quiet(const result::ComparisonRow& row);

// A finding that says of one row what the row says.
bool repeats_a_row(const result::Finding& finding);

}  // namespace bytepath::report
