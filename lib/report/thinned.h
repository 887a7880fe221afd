#pragma once
#include "result/document.h"

namespace bytepath::report {

// What a page shows of a large document, so that a million points stay fluid in a browser: of
// neighbouring points of a series the middle of the medians and the widest interval, of
// neighbouring cells of a heat map the one that is furthest from the map's median, of a table the
// first rows. Titles say so; the JSON has all.
result::Document thinned(result::Document document);

inline constexpr std::size_t max_drawn_points = 4000;   // of a series; more than a screen's columns
inline constexpr std::size_t max_shown_rows = 5000;     // of a table
inline constexpr std::size_t max_drawn_cells = 65'536;  // of a heat map, and
inline constexpr std::size_t max_drawn_lanes = 512;     // of its rows

}  // namespace bytepath::report
