#pragma once
#include "copies/loss_curve.h"
#include "copies/traced_copies.h"
#include "result/document.h"

namespace bytepath::copies {

// Pure. The tables processes, places, offsets and exact_copies, and what verdict/copy_trace_rules
// reads. curve: of this host; empty where it is not known, then nothing is called slow or lost.
void add_trace(result::Document& document, const TraceOptions& options, const TracedCopies& traced,
               const LossCurve& curve);

// The sizes of the elements that rep movs was sampled with: what the curve is to be measured of.
std::set<std::uint8_t> sampled_elements(const trace::CopySamples& samples);

}  // namespace bytepath::copies
