#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "result/document.h"

// How many times as long a rep movs takes here at a slow distance, over the size: what turns time
// within an instruction into time that is lost.
namespace bytepath::copies {

// Of an instruction at one band of offsets and one size; ratio to the time at that offset + 2048.
struct CurvePoint {
  std::uint8_t element_bytes = 1;
  std::size_t band = 0;
  std::uint64_t size = 0;
  double ratio = 1;
  double low = 1;
  double high = 1;
  std::uint64_t count = 0;  // rounds
};

struct SlowFactor {
  double ratio = 1;
  // The least of this and all larger sizes: a program that goes through more memory than one copy
  // moves waits for the memory too, and loses less.
  double least = 1;
};

class LossCurve {
 public:
  LossCurve() = default;
  explicit LossCurve(std::vector<CurvePoint> points) : points_(std::move(points)) {}

  bool empty() const { return points_.empty(); }

  // At the measured size that is nearest to `size` by the logarithm; nothing where that instruction
  // and band were not measured. A band that is not slow there (verdict::hit_factor) has the factor
  // 1.
  std::optional<SlowFactor> find(std::uint8_t element_bytes, std::size_t band,
                                 std::uint64_t size) const;

  // The largest ratio of a band, whether slow or not; nothing where it was not measured.
  std::optional<double> worst(std::uint8_t element_bytes, std::size_t band) const;

 private:
  std::vector<CurvePoint> points_;
};

// The share of a time within an instruction that it would not have taken at another distance.
inline double lost_share(double ratio) { return ratio > 1 ? 1 - 1 / ratio : 0; }

// "rep movsb"
std::string instruction_name(std::uint8_t element_bytes);

// Measures these instructions at the bands near 0, from 4 KiB to 16 MiB, in some 0.3 s; what was
// measured goes into the document as metrics "class_ratio". Errors: no memory, a copy that was
// wrong.
Result<LossCurve> measure_loss_curve(const std::set<std::uint8_t>& element_sizes,
                                     result::Document& document);

}  // namespace bytepath::copies
