#pragma once
#include <string>
#include <vector>

#include "report/report.h"

namespace bytepath::report {

// A heat map as lines of text, with axes and the scale of the colours and without the title. In
// colour each character holds two cells one above the other, otherwise one cell as a shade. A map
// that is larger than the screen is shown in blocks: the worst cell of each, which the legend says.
std::vector<std::string> heat_plot(const result::HeatMap& map, const Target& target);

}  // namespace bytepath::report
