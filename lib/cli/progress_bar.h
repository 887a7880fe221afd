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

  void show(std::size_t done, std::size_t total, std::string_view what);

 private:
  using Clock = std::chrono::steady_clock;
  bool silent_;
  bool drawn_ = false;
  Clock::time_point started_ = Clock::now();
  Clock::time_point last_;
};

}  // namespace bytepath::cli
