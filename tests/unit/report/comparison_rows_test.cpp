#include "report/comparison_rows.h"

#include <gtest/gtest.h>

#include "comparison_documents.h"

namespace bytepath::report {
namespace {

TEST(ComparisonRows, AreQuietOnlyWhereNothingIsToBeSeen) {
  EXPECT_TRUE(is_quiet({.verdict = "equivalent", .outcome = "passed"}));
  EXPECT_TRUE(is_quiet({.verdict = "inconclusive"}));
  EXPECT_FALSE(is_quiet({.verdict = "inconclusive", .outcome = "not judged"}));
  EXPECT_FALSE(is_quiet({.verdict = "equivalent", .outcome = "failed"}));
  for (const char* verdict :
       {"regression", "improvement", "incomparable", "missing", "new", "", "?"}) {
    EXPECT_FALSE(is_quiet({.verdict = verdict})) << verdict;
  }
}

}  // namespace
}  // namespace bytepath::report
