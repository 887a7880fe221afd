#pragma once
#include <span>
#include <vector>

#include "compare/comparison.h"

namespace bytepath::compare {

// Settles what failed in the first session by a second one of the same commands and rules. What
// fails again stays failed; only what passes there is cleared; what is not there or could not be
// judged, and all of a session that is_broken, is not judged, with the reason. `why` tells the
// second measurement. Gives whether any failure is confirmed: if so the cleared pass; if not they
// keep Outcome::failed, for the report to tell what failed first.
bool settle_by_second(std::vector<Comparison>& first, std::span<const Comparison> second,
                      bool second_is_broken);

}  // namespace bytepath::compare
