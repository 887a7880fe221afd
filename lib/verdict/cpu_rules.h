#pragma once
#include "result/document.h"

namespace bytepath::verdict {

// cpu-probe's verdict: is rep movsb slow at some offsets (by its micro-test only), and which copies
// of this host use it (by the parameters and tables of lib/describe).
void judge_cpu(result::Document& document);

// What GLIBC_TUNABLES holds that does not do what people set it for (the table "tunables").
void judge_tunables(result::Document& document);

}  // namespace bytepath::verdict
