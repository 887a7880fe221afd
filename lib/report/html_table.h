#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "report/present.h"

// Real tables: what a screen reader, a page without scripts and a search in the page see.
namespace bytepath::report {

std::string html_table(const result::Table& table, std::string_view caption);

// One row for each x, one column for each series: medians, and intervals while they are few.
std::string html_series_table(const Chart& chart);

std::string html_heat_table(const result::HeatMap& map);

std::string html_metrics_table(const std::vector<result::Metric>& metrics);

// Content behind a summary that opens it. Both are HTML already.
std::string folded_html(std::string_view summary, std::string_view content);

}  // namespace bytepath::report
