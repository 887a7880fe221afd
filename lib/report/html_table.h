#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "report/present.h"

// Real tables: what a screen reader, a page without scripts and a search in the page see.
namespace bytepath::report {

// Shares are bars too: numbers of unit percent in a column named "share", "..._share", "share_..."
// or "of_...", and those of a column that says what fills its bar.
std::string html_table(const result::Table& table, std::string_view caption);

// One row for each x, one column for each series: medians, and intervals while they are few.
std::string html_series_table(const Chart& chart);

// One row for each sample, one column for each metric.
std::string html_samples_table(const Dots& dots);

std::string html_heat_table(const result::HeatMap& map);

std::string html_metrics_table(const std::vector<result::Metric>& metrics);

// Content behind a summary that opens it. Both are HTML already.
std::string folded_html(std::string_view summary, std::string_view content);

}  // namespace bytepath::report
