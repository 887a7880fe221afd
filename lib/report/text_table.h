#pragma once
#include <string>
#include <vector>

#include "report/report.h"

namespace bytepath::report {

// The table as aligned lines without its title: numbers to the right in the unit people read, text
// to the left and wrapped where the table is wider than the target.
std::vector<std::string> text_table(const result::Table& table, const Target& target);

// The header of a column for people: its name, and its unit where the cells do not show it.
std::string column_title(const result::Column& column);

}  // namespace bytepath::report
