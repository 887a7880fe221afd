#pragma once
#include "base/result.h"
#include "result/document.h"

namespace bytepath::verdict {

// The table "against": each copy ratio of `now` beside that of the same copy in `before`. Ratios
// are compared and never times: a host's speed drifts by half, its ratios by a few percent. A ratio
// differs when the two intervals are apart and the medians by at least slow_factor.
// Error (usage): `before` is no memcpy-probe document, or has no copy in common.
Result<result::Table> compare_ratios(const result::Document& before, const result::Document& now);

}  // namespace bytepath::verdict
