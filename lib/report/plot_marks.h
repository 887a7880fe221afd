#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"

// What tells the things of a plot in text apart: colours, or characters where there are none.
namespace bytepath::report {

using PlotMarks = std::array<std::string_view, 8>;
const PlotMarks& plot_marks(bool unicode);
std::string_view mark_of(const PlotMarks& marks, std::size_t thing);

// One of xterm's 256 colours.
int color_of_mark(std::size_t thing);

// The names behind their marks, in lines that fit the target; `all` is the mark of each where only
// the colour differs, else empty.
std::vector<std::string> plot_legend(const std::vector<std::string>& names, const Target& target,
                                     std::string_view all);

}  // namespace bytepath::report
