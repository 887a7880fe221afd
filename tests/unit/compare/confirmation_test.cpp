#include "compare/confirmation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::compare {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Comparison judged(const std::string& benchmark, Outcome outcome, std::string why = "") {
  Comparison made;
  made.benchmark = benchmark;
  made.metric = "wall";
  made.effect = {.count = 30, .ratio = 1.1, .low = 1.05, .high = 1.2};
  made.outcome = outcome;
  made.why = std::move(why);
  return made;
}

TEST(SettleBySecond, WhatFailsTwiceIsConfirmedAndWhatPassesThenPasses) {
  std::vector first = {judged("a", Outcome::failed), judged("b", Outcome::failed),
                       judged("c", Outcome::passed)};
  const std::vector second = {judged("a", Outcome::failed), judged("b", Outcome::passed),
                              judged("c", Outcome::failed)};
  EXPECT_TRUE(settle_by_second(first, second, false));
  EXPECT_EQ(first[0].outcome, Outcome::failed);
  EXPECT_EQ(first[1].outcome, Outcome::passed);
  EXPECT_EQ(first[1].why, "measured again: +10.0 % [+5.0, +20.0]");
  EXPECT_EQ(first[2].outcome, Outcome::passed) << "only what failed first is asked again";
}

TEST(SettleBySecond, WhereNothingFailsTwiceTheFirstFailureIsKeptForTheReport) {
  std::vector first = {judged("a", Outcome::failed)};
  EXPECT_FALSE(settle_by_second(first, std::vector{judged("a", Outcome::passed)}, false));
  EXPECT_EQ(first[0].outcome, Outcome::failed);
}

TEST(SettleBySecond, OnlyAPassClearsAFailure) {
  for (const auto outcome : {Outcome::none, Outcome::advisory, Outcome::not_judged}) {
    std::vector first = {judged("a", Outcome::failed)};
    const std::vector second = {judged("a", outcome, "needs at least 6 pairs")};
    EXPECT_FALSE(settle_by_second(first, second, false));
    EXPECT_EQ(first[0].outcome, Outcome::not_judged);
    EXPECT_THAT(first[0].why, AllOf(HasSubstr("cannot judge it"), HasSubstr("at least 6 pairs")));
  }
}

TEST(SettleBySecond, WhatIsGoneTheSecondTimeIsNotJudged) {
  std::vector first = {judged("a", Outcome::failed), judged("b", Outcome::failed)};
  auto other_metric = judged("a", Outcome::passed);
  other_metric.metric = "user";
  EXPECT_TRUE(
      settle_by_second(first, std::vector{other_metric, judged("b", Outcome::failed)}, false));
  EXPECT_EQ(first[0].outcome, Outcome::not_judged);
  EXPECT_THAT(first[0].why, HasSubstr("not in the second measurement"));
}

TEST(SettleBySecond, ABrokenSecondSessionNeitherClearsNorConfirms) {
  std::vector first = {judged("a", Outcome::failed), judged("b", Outcome::failed)};
  const std::vector second = {judged("a", Outcome::passed), judged("b", Outcome::failed)};
  EXPECT_FALSE(settle_by_second(first, second, true));
  for (const auto& comparison : first) {
    EXPECT_EQ(comparison.outcome, Outcome::not_judged);
    EXPECT_THAT(comparison.why, HasSubstr("differs from itself"));
  }
}

}  // namespace
}  // namespace bytepath::compare
