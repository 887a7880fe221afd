#include "net/load.h"

#include <gtest/gtest.h>

namespace bytepath::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Answers as it is told, at once.
class ScriptedServer final : public Server {
 public:
  explicit ScriptedServer(std::vector<std::string> errors) : errors_(std::move(errors)) {}

  Result<> open() override { return {}; }
  ConnectionTimes connect_once() override { return {}; }
  void ask(std::size_t count, std::vector<Answer>& answers) override {
    for (std::size_t i = 0; i < count; ++i) {
      Answer answer{.tier = "hit", .evidence = "the reply", .end = Clock::now(), .bytes = 3};
      answer.service = microseconds(7);
      if (asked_ < errors_.size()) answer.error = errors_[asked_];
      ++asked_;
      answers.push_back(answer);
    }
  }
  const ServerFacts& facts() const override { return facts_; }
  std::uint64_t asked() const { return asked_; }

 private:
  std::vector<std::string> errors_;
  std::uint64_t asked_ = 0;
  ServerFacts facts_;
};

constexpr double no_limit = 1e9;
bool always(std::uint64_t) { return true; }

TEST(Load, CountsAnswersByTierAndErrorsByReason) {
  ScriptedServer server({"", "timed out", "", "timed out", "status 503"});
  const auto load = run_load(server, {.requests = 20, .limit = no_limit}, always);
  EXPECT_EQ(load.sent, 20U);
  EXPECT_EQ(load.failed, 3U);
  EXPECT_EQ(load.errors.at("timed out").count, 2U);
  EXPECT_EQ(load.errors.at("status 503").count, 1U);
  ASSERT_EQ(load.service.size(), 1U);
  EXPECT_EQ(load.service[0].times.count(), 17U);
  EXPECT_EQ(load.service[0].bytes, 51U);
  EXPECT_FALSE(load.gave_up);
}

TEST(Load, GivesUpWhenNothingIsAnswered) {
  ScriptedServer server(std::vector<std::string>(1000, "Connection refused"));
  const auto load = run_load(server, {.requests = 1000, .limit = no_limit}, always);
  EXPECT_TRUE(load.gave_up);
  EXPECT_EQ(server.asked(), most_failures_in_a_row);
  ScriptedServer batches(std::vector<std::string>(1000, "timed out"));
  const auto pipelined =
      run_load(batches, {.requests = 1000, .batch = 4, .limit = no_limit}, always);
  EXPECT_TRUE(pipelined.gave_up);
  EXPECT_EQ(batches.asked(), 4 * most_failures_in_a_row);
}

TEST(Load, EndsWhenToldTo) {
  ScriptedServer server({});
  const auto load = run_load(server, {.requests = 1000, .limit = no_limit},
                             [](std::uint64_t sent) { return sent < 5; });
  EXPECT_TRUE(load.interrupted);
  EXPECT_EQ(load.sent, 5U);
}

TEST(Load, BlamesNoServerForWhatTheUserEnded) {
  ScriptedServer server({"", "", "interrupted"});
  const auto load = run_load(server, {.requests = 1000, .limit = no_limit},
                             [&](std::uint64_t) { return server.asked() < 3; });
  EXPECT_TRUE(load.interrupted);
  EXPECT_EQ(load.sent, 2U);
  EXPECT_EQ(load.failed, 0U);
  EXPECT_TRUE(load.errors.empty());
}

TEST(Load, KnowsTheTimeOfARequestOfABatch) {
  ScriptedServer server({});
  const auto load = run_load(server, {.requests = 32, .batch = 8, .limit = no_limit}, always);
  EXPECT_EQ(load.sent, 32U);
  EXPECT_EQ(load.time_per_request.size(), 4U);
}

TEST(Load, CountsFromTheIntendedStart) {
  Load load;
  Answer answer{.tier = "edge", .evidence = "X-Cache", .bytes = 10};
  answer.service = milliseconds(2);
  answer.first_byte = milliseconds(1);
  answer.served_by = "FRA";
  count_answer(load, answer, milliseconds(100), milliseconds(150));
  EXPECT_NEAR(load.service[0].times.quantile(0.5), 2e6, 2e4);
  EXPECT_NEAR(load.response[0].times.quantile(0.5), 50e6, 5e5);
  EXPECT_NEAR(load.first_byte.quantile(0.5), 1e6, 1e4);
  EXPECT_EQ(load.served_by.at("FRA"), 1U);
}

TEST(Load, KeepsNoEndlessListOfNames) {
  Load load;
  for (int i = 0; i < 1000; ++i) {
    Answer answer{.tier = "edge", .evidence = "X-Cache"};
    answer.served_by = std::to_string(i);
    count_answer(load, answer, {}, milliseconds(1));
    answer.error = std::to_string(i);
    count_answer(load, answer, {}, milliseconds(1));
  }
  EXPECT_EQ(load.served_by.size(), most_names + 1);
  EXPECT_EQ(load.served_by.at("others"), 1000 - most_names);
  EXPECT_EQ(load.errors.at("others").count, 1000 - most_names);
}

TEST(Load, PutsTheNearestTierFirst) {
  std::vector<tiers::TierTimes> tiers;
  for (const char* name : {"not said", "origin, bypass", "origin", "a cache", "hop 3",
                           "hop 2, stale", "edge, stale", "edge"}) {
    tiers.push_back({.tier = name, .evidence = "", .times = {}, .bytes = 0});
  }
  sort_tiers(tiers);
  std::vector<std::string> order;
  for (const auto& tier : tiers) order.push_back(tier.tier);
  EXPECT_EQ(order, (std::vector<std::string>{"edge, stale", "edge", "hop 2, stale", "hop 3",
                                             "a cache", "origin, bypass", "origin", "not said"}));
}

}  // namespace
}  // namespace bytepath::net
