#pragma once
#include <string>

#include "report/report.h"
#include "report/style.h"
#include "result/document.h"

namespace bytepath::explain {

// The tables "hot_functions" and "hot_instructions" for a terminal, which their columns do not fit.
// Empty where the document has none.
std::string hot_text(const result::Document& document, const report::Style& style);

// The tables "syscalls_N".
std::string calls_text(const result::Document& document, const report::Style& style,
                       const report::Target& target);

// The findings "run.why.*" and the parts of the table "explanation", one line each.
std::string why_text(const result::Document& document, const report::Style& style);

}  // namespace bytepath::explain
