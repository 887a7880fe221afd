#pragma once
#include "result/document.h"

// lazyfs's rules: the line to quote.
namespace bytepath::verdict {

void judge_lazy_mount(result::Document& document);
void judge_origin(result::Document& document);

}  // namespace bytepath::verdict
