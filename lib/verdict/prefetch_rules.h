#pragma once
#include "result/document.h"

// The line to quote of chunk-probe's commands about traces and lists.
namespace bytepath::verdict {

void judge_export(result::Document& document);
void judge_import(result::Document& document);
void judge_score(result::Document& document);

}  // namespace bytepath::verdict
