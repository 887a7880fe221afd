#include "copies/loss_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "copies/offset_band.h"
#include "copy/record.h"
#include "copy/workbench.h"
#include "stats/order.h"
#include "verdict/copy_trace_rules.h"
#include "verdict/offset_classes.h"

namespace bytepath::copies {
namespace {

constexpr std::array<std::uint64_t, 4> curve_sizes = {4U << 10, 64U << 10, 1U << 20, 16U << 20};
constexpr std::size_t rounds = 9;

// What the offset of a band is compared with: as well or as badly aligned, and far from any band.
// On Zen 5 every copy to a place that is not aligned to 64 bytes takes up to 1.6 times as long as
// one that is, which is no matter of the distance.
constexpr unsigned far_away = 2048;

// One offset for each band that may be slow.
struct Probe {
  std::size_t band;
  unsigned offset;
};
constexpr std::array<Probe, 4> probes = {{{0, 0}, {1, 8}, {2, 24}, {3, 48}}};

bool is_slow_point(const CurvePoint& point) {
  return point.ratio >= verdict::hit_factor && point.low >= verdict::slow_factor;
}

double distance(std::uint64_t one, std::uint64_t other) {
  return std::abs(std::log2(static_cast<double>(std::max<std::uint64_t>(one, 1))) -
                  std::log2(static_cast<double>(other)));
}

const char* kernel_name(std::uint8_t element_bytes) {
  switch (element_bytes) {
    case 2:
      return "rep-movsw";
    case 4:
      return "rep-movsd";
    case 8:
      return "rep-movsq";
    default:
      return "rep-movsb";
  }
}

// Of one instruction, all bands and sizes in the same rounds.
std::vector<CurvePoint> measure_kernel(const copy::Workbench& bench, std::size_t kernel,
                                       copy::RunLimits& limits) {
  std::vector<CurvePoint> points;
  std::vector<copy::CopyCell> cells;
  for (const Probe& probe : probes) {
    for (const std::uint64_t size : curve_sizes) {
      points.push_back({.band = probe.band, .size = size});
      for (const unsigned offset : {probe.offset, probe.offset + far_away})
        cells.push_back({.kernel = kernel, .size = size, .offset = offset});
    }
  }
  const auto samples = bench.time(cells, rounds, limits, "the distances of sampled copies");
  for (std::size_t i = 0; i < points.size(); ++i) {
    const stats::Summary ratio = stats::paired_ratio(samples[2 * i].ns, samples[2 * i + 1].ns);
    points[i].count = ratio.count;
    points[i].ratio = ratio.median;
    points[i].low = ratio.low;
    points[i].high = ratio.high;
  }
  std::erase_if(points, [](const CurvePoint& point) { return point.count == 0; });
  return points;
}

void record_point(result::Document& document, std::string_view kernel, const CurvePoint& point) {
  document.metrics.push_back({.name = "class_ratio",
                              .labels = {{"kernel", std::string(kernel)},
                                         {"class", band_name(point.band)},
                                         {"size", fmt::format("{}", point.size)}},
                              .unit = "ratio",
                              .better = result::Better::lower,
                              .median = point.ratio,
                              .low = point.low,
                              .high = point.high,
                              .count = point.count});
}

}  // namespace

std::string instruction_name(std::uint8_t element_bytes) {
  std::string name = kernel_name(element_bytes);
  name.at(name.find('-')) = ' ';
  return name;
}

std::optional<SlowFactor> LossCurve::find(std::uint8_t element_bytes, std::size_t band,
                                          std::uint64_t size) const {
  const CurvePoint* nearest = nullptr;
  for (const CurvePoint& point : points_) {
    if (point.element_bytes != element_bytes || point.band != band) continue;
    if (nearest == nullptr || distance(size, point.size) < distance(size, nearest->size))
      nearest = &point;
  }
  if (nearest == nullptr) return std::nullopt;
  if (!is_slow_point(*nearest)) return SlowFactor{};
  SlowFactor factor{.ratio = nearest->ratio, .least = nearest->ratio};
  for (const CurvePoint& point : points_)
    if (point.element_bytes == element_bytes && point.band == band && point.size > nearest->size)
      factor.least = std::min(factor.least, is_slow_point(point) ? point.ratio : 1);
  return factor;
}

std::optional<double> LossCurve::worst(std::uint8_t element_bytes, std::size_t band) const {
  std::optional<double> worst;
  for (const CurvePoint& point : points_)
    if (point.element_bytes == element_bytes && point.band == band)
      worst = std::max(worst.value_or(0), point.ratio);
  return worst;
}

Result<LossCurve> measure_loss_curve(const std::set<std::uint8_t>& element_sizes,
                                     result::Document& document) {
  BYTEPATH_TRY(pinned, measure::Pinned::to(-1));
  BYTEPATH_TRY(bench, copy::Workbench::open(curve_sizes.back(), ""));
  copy::record_cpu(document, pinned.cpu());
  std::vector<CurvePoint> points;
  copy::RunLimits limits;
  for (const std::uint8_t element_bytes : element_sizes) {
    const std::size_t kernel = bench.index(kernel_name(element_bytes));
    if (auto ready = bench.prepare(kernel); !ready) return std::unexpected(ready.error());
    for (CurvePoint point : measure_kernel(bench, kernel, limits)) {
      point.element_bytes = element_bytes;
      record_point(document, bench.kernels()[kernel].name, point);
      points.push_back(point);
    }
  }
  return LossCurve(std::move(points));
}

}  // namespace bytepath::copies
