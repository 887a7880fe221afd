#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "report/report.h"

namespace bytepath::report {

// The left and lower border of a plot in text: labels, ticks and the title of the x axis.
class PlotFrame {
 public:
  struct Mark {
    std::size_t column = 0;  // of the plot area
    std::string text;
  };

  // One label a row, empty where the row has none; printable.
  PlotFrame(std::vector<std::string> row_labels, const Target& target);

  // Columns of the plot area, at least 10.
  std::size_t width() const { return width_; }

  std::string row(std::size_t row, const std::string& content) const;

  // The axis, the labels that do not touch each other, and the title centred below (cut to the
  // width); `used` is the part of the width that the plot fills, 0 for all of it.
  std::vector<std::string> bottom(const std::vector<Mark>& marks, const std::string& title,
                                  std::size_t used = 0) const;

 private:
  std::vector<std::string> labels_;
  std::size_t label_width_ = 0;
  std::size_t width_ = 0;
  bool unicode_;
};

}  // namespace bytepath::report
