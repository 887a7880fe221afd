#pragma once
#include <chrono>
#include <cstddef>
#include <string_view>

namespace bytepath::cli {

// One line on standard error, redrawn at most twenty times a second and erased at the end. Silent
// when standard error is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(bool quiet);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // A `done` below the last one begins another piece of work, with its own time left.
  void show(std::size_t done, std::size_t total, std::string_view what);
  // Makes room for other text; the next show() draws it again.
  void erase();

 private:
  using Clock = std::chrono::steady_clock;
  bool silent_;
  bool drawn_ = false;
  std::size_t last_done_ = 0;
  Clock::time_point started_ = Clock::now();
  Clock::time_point last_;
};

}  // namespace bytepath::cli
