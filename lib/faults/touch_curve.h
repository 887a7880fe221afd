#pragma once
#include <cstdint>
#include <vector>

namespace bytepath::faults {

// How much had been touched by when: a sum over time, in at most `bins` steps of equal length. When
// a run outlasts them the steps become twice as long, so the memory is fixed.
class TouchCurve {
 public:
  struct Step {
    double seconds = 0;  // the end of the step, since the first event
    std::uint64_t bytes = 0;
  };

  // Times may come slightly out of order; one before the first is taken as the first.
  void add(std::uint64_t time_ns, std::uint64_t bytes);
  std::vector<Step> steps() const;

 private:
  static constexpr std::size_t bins = 256;
  std::vector<std::uint64_t> bytes_;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t step_ns_ = 1'000'000;
  bool empty_ = true;
};

}  // namespace bytepath::faults
