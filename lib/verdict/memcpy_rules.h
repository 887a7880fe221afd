#pragma once
#include "result/document.h"

// What memcpy-probe's measurements mean. Each function reads what lib/copy/record.h put into the
// document and adds findings; together they run in the order of rules.cpp.
namespace bytepath::verdict {

void judge_offsets(result::Document& document);
void judge_libc(result::Document& document);
void judge_syscalls(result::Document& document);
void judge_physical_alias(result::Document& document);
void judge_far_distance(result::Document& document);
void judge_against(result::Document& document);

// Last: the line to quote and the table "who_is_hit", from the findings of the others.
void judge_memcpy(result::Document& document);

}  // namespace bytepath::verdict
