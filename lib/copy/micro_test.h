#pragma once
#include "base/result.h"
#include "result/document.h"

namespace bytepath::copy {

// The least that decides whether rep movsb has slow offsets here, in about 20 ms: its time at a few
// offsets of every class that was ever reported over the time at the reference offset. Adds metrics
// "copy_ratio" of kernel rep-movsb to the document; nothing is looked up.
// Error: no memory, or the copy was wrong.
Result<> micro_test(result::Document& document);

}  // namespace bytepath::copy
