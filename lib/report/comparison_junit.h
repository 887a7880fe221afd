#pragma once
#include <cstddef>
#include <string>

#include "result/document.h"

namespace bytepath::report {

// The testcases of a suite, as XML, and what its head counts.
struct JunitCases {
  std::string xml;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t skipped = 0;
};

// One testcase a row: a failure where its gate failed or the tool's finding about it says so,
// skipped where nobody knows (inconclusive, incomparable, missing, not judged, a failure that a
// second measurement did not confirm), else passed. The numbers are in its system-out: properties
// of a testcase are not in the schema that most readers check.
JunitCases comparison_cases(const result::Document& document, const result::Table& table);

}  // namespace bytepath::report
