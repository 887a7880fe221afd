#pragma once
#include "explain/difference.h"
#include "result/document.h"

namespace bytepath::explain {

// The table "explanation": a row for each part of a difference, and for the cause that explains it,
// where there is one, a row whose `explains` is true. Parts of less than a hundredth are left out.
void add_differences(result::Document& document, const std::vector<Difference>& differences);

}  // namespace bytepath::explain
