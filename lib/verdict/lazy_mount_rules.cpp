#include "verdict/lazy_mount_rules.h"

#include <cmath>
#include <optional>

#include "base/units.h"
#include "verdict/fault_measurements.h"

namespace bytepath::verdict {
namespace {

// Over all tiers; nothing when there is no such metric, or no number that can be a count.
std::optional<double> sum_of(const result::Document& document, std::string_view name) {
  std::optional<double> sum;
  for (const auto& metric : document.metrics) {
    if (metric.name == name && std::isfinite(metric.median)) sum = sum.value_or(0) + metric.median;
  }
  return sum;
}

std::string count_text(double count) { return fmt::format("{:.0f}", count); }

}  // namespace

void judge_lazy_mount(result::Document& document) {
  const auto reads = sum_of(document, "reads");
  const auto served = sum_of(document, "served_bytes");
  const auto fetches = sum_of(document, "fetches");
  const auto fetched = sum_of(document, "fetched_bytes");
  if (!reads || !served || !fetches || !fetched) return;
  const double again = sum_of(document, "refetches").value_or(0);
  document.verdict = {
      .state = "served",
      .text =
          fmt::format("{} READs were served {}; {} chunks were fetched, {}{}", count_text(*reads),
                      size_text(*served), count_text(*fetches), size_text(*fetched),
                      again > 0 ? fmt::format(", {} of them again", count_text(again)) : "")};
}

void judge_origin(result::Document& document) {
  const auto requests = sum_of(document, "requests");
  const auto sent = sum_of(document, "sent_bytes");
  if (!requests || !sent) return;
  document.verdict = {
      .state = "served",
      .text = fmt::format("{} requests were sent {}", count_text(*requests), size_text(*sent))};
}

}  // namespace bytepath::verdict
