#pragma once
#include "result/document.h"

// What memcpy-probe trace and scan found. They read what lib/copies put into the document.
namespace bytepath::verdict {

// A class of distances is called slow for what is sampled from this factor on, with an interval
// that ends above slow_factor: whoever is slowed less is not called hit. Placement alone makes a
// factor of up to 1.6 on Zen 5.
inline constexpr double hit_factor = 2;

// Who spends time in copies at distances that are slow here, and what mends it.
void judge_slow_copies(result::Document& document);

void judge_lost_copy_samples(result::Document& document);
void judge_few_copy_samples(result::Document& document);
void judge_failed_copying_command(result::Document& document);

// The lines to quote. After the rules of memcpy_rules.h, which find nothing in such documents.
void judge_copy_trace(result::Document& document);
void judge_copy_scan(result::Document& document);

}  // namespace bytepath::verdict
