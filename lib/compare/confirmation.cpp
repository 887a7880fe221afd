#include "compare/confirmation.h"

#include <algorithm>

namespace bytepath::compare {
namespace {

void not_judge(Comparison& comparison, std::string_view reason) {
  comparison.outcome = Outcome::not_judged;
  comparison.why += fmt::format("{}{}", comparison.why.empty() ? "" : "; ", reason);
}

std::string measured_again(const Comparison& second) {
  const auto percent = [](double ratio) { return 100 * (ratio - 1); };
  return fmt::format("measured again: {:+.1f} % [{:+.1f}, {:+.1f}]", percent(second.effect.ratio),
                     percent(second.effect.low), percent(second.effect.high));
}

}  // namespace

bool settle_by_second(std::vector<Comparison>& first, std::span<const Comparison> second,
                      bool second_is_broken) {
  std::vector<Comparison*> cleared;
  bool confirmed = false;
  for (auto& comparison : first) {
    if (comparison.outcome != Outcome::failed) continue;
    const auto same = std::ranges::find_if(second, [&](const Comparison& other) {
      return other.benchmark == comparison.benchmark && other.metric == comparison.metric;
    });
    if (same == second.end()) {
      not_judge(comparison, "failed, and is not in the second measurement");
      continue;
    }
    comparison.why = measured_again(*same);
    if (second_is_broken) {
      not_judge(comparison,
                "failed, and in the second measurement the reference differs from "
                "itself");
    } else if (same->outcome == Outcome::failed) {
      confirmed = true;
    } else if (same->outcome == Outcome::passed) {
      cleared.push_back(&comparison);
    } else {
      not_judge(comparison, fmt::format("failed, and the second measurement cannot judge it{}{}",
                                        same->why.empty() ? "" : ": ", same->why));
    }
  }
  if (confirmed) {
    for (auto* comparison : cleared) comparison->outcome = Outcome::passed;
  }
  return confirmed;
}

}  // namespace bytepath::compare
