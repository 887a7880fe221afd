#include "explain/difference.h"

#include <gtest/gtest.h>

namespace bytepath::explain {
namespace {

using sampling::Entry;
using sampling::HotPlace;

constexpr double sample_seconds = 0.001;  // 10 runs at 100 samples a second

HotPlace user(const std::string& function, std::uint64_t samples) {
  return {.place = {.image = "/bin/program", .function = function},
          .instruction = "add eax, 1",
          .samples = samples,
          .seconds = static_cast<double>(samples) * 0.01,
          .distances = {}};
}

HotPlace kernel(const std::string& function, Entry entry, const std::string& call,
                std::uint64_t samples) {
  return {.place = {.image = "[kernel]", .function = function},
          .entry = {.entry = entry, .system_call = call},
          .kernel = true,
          .instruction = "mov eax, 1",
          .samples = samples,
          .seconds = static_cast<double>(samples) * 0.01,
          .distances = {}};
}

HotPlace copy(std::uint64_t samples, std::uint16_t distance) {
  HotPlace place = kernel("_copy_to_iter", Entry::system_call, "pread64", samples);
  place.instruction = "rep movsb";
  place.is_rep_movs = place.is_rep_movsb = true;
  place.distances[distance] = samples;
  return place;
}

RunCost cost(const std::string& name, std::vector<HotPlace> places, double waiting = 0) {
  RunCost cost{
      .command = name, .runs = 10, .sample_seconds = sample_seconds, .hot = {}, .system_calls = {}};
  for (const auto& place : places) cost.hot.samples += place.samples;
  cost.hot.places = std::move(places);
  cost.cpu = static_cast<double>(cost.hot.samples) * sample_seconds;
  cost.wall = cost.cpu + waiting;
  return cost;
}

TEST(ExplainDifference, NamesTheCopyInTheSlowClass) {
  const auto difference = explain_difference(cost("shifted", {copy(900, 8), user("main", 100)}),
                                             cost("aligned", {copy(90, 0), user("main", 100)}));
  EXPECT_EQ(difference.slower, "shifted");
  ASSERT_TRUE(difference.verdict.has_value());
  EXPECT_EQ(difference.verdict->cause, Cause::copy_in_slow_class);
  EXPECT_EQ(difference.verdict->what, "_copy_to_iter");
  EXPECT_EQ(difference.verdict->instruction, "rep movsb");
  EXPECT_EQ(difference.verdict->distances.at(8), 900U);
}

TEST(ExplainDifference, NeverBlamesACopyThatIsNotInTheSlowClass) {
  for (const auto distance : std::vector<std::uint16_t>{0, 16, 64, 4095}) {
    const auto difference =
        explain_difference(cost("a", {copy(900, distance)}), cost("b", {copy(90, 0)}));
    ASSERT_TRUE(difference.verdict.has_value()) << distance;
    EXPECT_EQ(difference.verdict->cause, Cause::system_calls) << distance;
  }
}

TEST(ExplainDifference, DoesNotBlameACopyThatBothDo) {
  const auto difference =
      explain_difference(cost("a", {copy(900, 8), user("more", 400)}), cost("b", {copy(850, 8)}));
  ASSERT_TRUE(difference.verdict.has_value());
  EXPECT_EQ(difference.verdict->cause, Cause::function);
  EXPECT_EQ(difference.verdict->what, "more");
}

// The other one copies in the slow class too, only less: the distance is not what sets them apart.
TEST(ExplainDifference, DoesNotBlameACopyThatOneDoesMoreOf) {
  const auto difference = explain_difference(cost("a", {copy(900, 8)}), cost("b", {copy(300, 8)}));
  ASSERT_TRUE(difference.verdict.has_value());
  EXPECT_EQ(difference.verdict->cause, Cause::system_calls);
}

TEST(ExplainDifference, NamesPageFaultsAndCountsThem) {
  auto fresh =
      cost("fresh", {kernel("clear_page_erms", Entry::page_fault, "", 300),
                     kernel("handle_mm_fault", Entry::page_fault, "", 300), user("main", 100)});
  auto kept = cost("kept", {user("main", 110)});
  fresh.page_faults = 5000;
  kept.page_faults = 100;
  const auto difference = explain_difference(kept, fresh);
  ASSERT_TRUE(difference.verdict.has_value());
  EXPECT_EQ(difference.verdict->cause, Cause::page_faults);
  EXPECT_DOUBLE_EQ(difference.verdict->count_difference, 4900);
}

TEST(ExplainDifference, NamesTheSystemCallsByTheirNumber) {
  auto many = cost("many", {kernel("do_syscall_64", Entry::system_call, "", 500),
                            kernel("__x64_sys_getppid", Entry::system_call, "getppid", 200)});
  auto few = cost("few", {user("main", 100)});
  many.system_calls = {{.name = "getppid", .calls = 1e6, .seconds = 0.5},
                       {.name = "write", .calls = 1, .seconds = 0.6}};
  few.system_calls = {{.name = "write", .calls = 1, .seconds = 0.1}};
  const auto difference = explain_difference(many, few);
  ASSERT_TRUE(difference.verdict.has_value());
  EXPECT_EQ(difference.verdict->cause, Cause::system_calls);
  EXPECT_EQ(difference.verdict->what, "getppid");
  EXPECT_DOUBLE_EQ(difference.verdict->count_difference, 1e6);
}

TEST(ExplainDifference, NamesWhatWasWaitedForButNoWaitForChildren) {
  auto sleeps = cost("sleeps", {user("main", 100)}, 2.0);
  auto awake = cost("awake", {user("main", 100)}, 0.01);
  sleeps.system_calls = {{.name = "wait4", .calls = 1, .seconds = 2.0},
                         {.name = "clock_nanosleep", .calls = 20, .seconds = 1.9}};
  awake.system_calls = std::vector<SystemCallCost>();
  sleeps.blocked = 20;
  const auto difference = explain_difference(sleeps, awake);
  ASSERT_TRUE(difference.verdict.has_value());
  EXPECT_EQ(difference.verdict->cause, Cause::waiting);
  EXPECT_EQ(difference.verdict->what, "clock_nanosleep");
}

// Another load on the host makes both wait, one by chance more.
TEST(ExplainDifference, IsNotMisledByABusyHost) {
  const auto difference =
      explain_difference(cost("a", {user("main", 500)}, 2.0), cost("b", {user("main", 100)}, 0.5));
  ASSERT_TRUE(difference.verdict.has_value());
  EXPECT_EQ(difference.verdict->cause, Cause::function);
  EXPECT_NEAR(difference.verdict->share, 1, 0.01) << "of what the host did not add";
}

TEST(ExplainDifference, SaysNothingOfWhatSamplingCannotTell) {
  const auto few = explain_difference(cost("a", {user("main", 4)}), cost("b", {user("main", 1)}));
  EXPECT_FALSE(few.verdict.has_value()) << "3 of 5 samples are less than three sigma";
  const auto spread =
      explain_difference(cost("a", {user("f", 400), user("g", 400), user("h", 400)}),
                         cost("b", {user("f", 100), user("g", 100), user("h", 100)}));
  EXPECT_FALSE(spread.verdict.has_value()) << "a third each";
  ASSERT_GE(spread.parts.size(), 3U);
  EXPECT_NEAR(spread.parts.front().share, 1 / 3.0, 0.01);
  EXPECT_NEAR(spread.parts.front().sigma, 13.4, 0.1) << "300 over the square root of 500";
  const auto same = explain_difference(cost("a", {user("f", 400)}), cost("b", {user("f", 400)}));
  EXPECT_FALSE(same.verdict.has_value());
  EXPECT_TRUE(same.parts.empty()) << "nothing to explain";
}

}  // namespace
}  // namespace bytepath::explain
