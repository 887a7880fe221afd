#pragma once
#include <string>
#include <vector>

#include "report/present.h"
#include "report/report.h"

namespace bytepath::report {

// The series of a chart as lines of text, with axes and legend and without the title. In colour or
// alone a series is drawn in braille dots, otherwise each has its own mark.
std::vector<std::string> line_plot(const Chart& chart, const Target& target);

}  // namespace bytepath::report
