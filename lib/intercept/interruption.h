#pragma once
#include <chrono>
#include <functional>

namespace bytepath::intercept {

// How processes are asked to end: SIGINT first, SIGTERM 2 s after, SIGKILL 2 s after that, as long
// as the answer is yes. Pure but for the question.
class Interruption {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Interruption(std::function<bool()> asked) : asked_(std::move(asked)) {}
  // Is it time for the next signal?
  bool is_wanted(Time now) const;
  int next_signal() const;
  void done(Time now);
  bool happened() const { return sent_ > 0; }

 private:
  std::function<bool()> asked_;
  int sent_ = 0;
  Time last_;
};

}  // namespace bytepath::intercept
