#pragma once
#include <string>

#include "benchmark/session.h"
#include "report/style.h"
#include "result/document.h"

namespace bytepath::benchmark {

// What an interleaved session prints after its benchmarks: the comparison of each command with the
// baseline and the verdict. From the judged document alone.
std::string comparison_text(const result::Document& document, const report::Style& style);

// Warnings of the document, a line each, and the advice that blocked runs deserve; for standard
// error. Empty when there is nothing to warn of.
std::string condition_text(const result::Document& document, const Plan& plan,
                           const Session& session, const report::Style& style);

}  // namespace bytepath::benchmark
