#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "comparison_documents.h"
#include "report/report.h"

namespace bytepath::report {
namespace {

using result::Severity;
using testing::HasSubstr;
using testing::StartsWith;

std::string github(const result::Document& document) { return render_github(document, {}); }

TEST(Github, SaysTheVerdictThenTheFindingsWorstFirst) {
  auto document = comparison_document();
  add_finding(document, "c", Severity::note, "third");
  add_finding(document, "b", Severity::warning, "second");
  EXPECT_EQ(github(document),
            "::notice title=probe-compare::passed: 1 of 1 gate\n"
            "::warning title=b::second\n"
            "::notice title=c::third\n");
  add_finding(document, "a", Severity::finding, "first");
  EXPECT_THAT(github(document), StartsWith("::error title=probe-compare::passed: 1 of 1 gate\n"
                                           "::error title=a::first\n"
                                           "::warning title=b::second\n"));
}

TEST(Github, EscapesWhatWouldEndACommandOrAProperty) {
  auto document = comparison_document();
  add_finding(document, "a:b,c%\r\n::error::", Severity::warning,
              "a:b,c%\r\n::error::\x1b[31m\xff");
  EXPECT_THAT(github(document), HasSubstr("\n::warning title=a%3Ab%2Cc%25%0D%0A%3A%3Aerror%3A%3A::"
                                          "a:b,c%25%0D%0A::error::\\x1b[31m\\xff\n"));
}

TEST(Github, NeverSaysNothing) {
  auto document = comparison_document();
  document.verdict = {};
  document.complete = false;
  EXPECT_EQ(github(document),
            "::notice title=probe-compare::no verdict (incomplete: this run was interrupted)\n");
}

struct Kinds {
  std::size_t errors;
  std::size_t warnings;
  std::size_t notices;
};

void add_all(result::Document& document, const Kinds& kinds) {
  const auto add = [&](std::size_t count, Severity severity) {
    for (std::size_t i = 0; i < count; ++i) add_finding(document, "id", severity, "text");
  };
  add(kinds.errors, Severity::finding);
  add(kinds.warnings, Severity::warning);
  add(kinds.notices, Severity::note);
}

// No kind has more than 10 lines, and those not shown are counted.
void expect_shown(const Kinds& kinds, const Kinds& shown, std::size_t hidden) {
  auto document = comparison_document();
  add_all(document, kinds);
  const std::string text = github(document);
  EXPECT_EQ(count_of(text, "::error "), shown.errors);
  EXPECT_EQ(count_of(text, "::warning "), shown.warnings);
  EXPECT_EQ(count_of(text, "::notice "), shown.notices);
  const std::string notice = fmt::format(
      "\n::notice title=probe-compare::{} more finding{} not shown here: see the report\n", hidden,
      hidden == 1 ? " is" : "s are");
  EXPECT_EQ(text.ends_with(notice), hidden > 0) << text;
}

TEST(Github, ShowsAtMostTenOfAKindAndCountsTheOthers) {
  expect_shown({0, 10, 9}, {0, 10, 10}, 0);
  expect_shown({0, 10, 10}, {0, 10, 10}, 2);
  expect_shown({0, 11, 8}, {0, 10, 10}, 1);
  expect_shown({0, 11, 9}, {0, 10, 10}, 2);
  expect_shown({9, 0, 10}, {10, 0, 10}, 0);
  expect_shown({10, 0, 0}, {10, 0, 1}, 1);
  expect_shown({5000, 5000, 5000}, {10, 10, 10}, 4991 + 4990 + 4991);
}

}  // namespace
}  // namespace bytepath::report
