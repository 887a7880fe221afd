#include "intercept/interruption.h"

#include <gtest/gtest.h>

#include <csignal>

namespace bytepath::intercept {
namespace {

using namespace std::chrono_literals;

constexpr Interruption::Time start{1h};

TEST(Interruption, NobodyToAskIsANo) {
  const Interruption interruption(nullptr);
  EXPECT_FALSE(interruption.is_wanted(start));
  EXPECT_FALSE(interruption.happened());
}

TEST(Interruption, AsksMoreFirmlyEveryTwoSeconds) {
  Interruption interruption([] { return true; });
  ASSERT_TRUE(interruption.is_wanted(start));
  EXPECT_EQ(interruption.next_signal(), SIGINT);
  interruption.done(start);
  EXPECT_TRUE(interruption.happened());
  EXPECT_FALSE(interruption.is_wanted(start + 1999ms));
  ASSERT_TRUE(interruption.is_wanted(start + 2s));
  EXPECT_EQ(interruption.next_signal(), SIGTERM);
  interruption.done(start + 2s);
  EXPECT_FALSE(interruption.is_wanted(start + 3s));
  ASSERT_TRUE(interruption.is_wanted(start + 4s));
  EXPECT_EQ(interruption.next_signal(), SIGKILL);
  interruption.done(start + 4s);
  EXPECT_EQ(interruption.next_signal(), SIGKILL);
}

TEST(Interruption, StopsWhenTheAnswerChanges) {
  bool asked = true;
  Interruption interruption([&] { return asked; });
  interruption.done(start);
  asked = false;
  EXPECT_FALSE(interruption.is_wanted(start + 1h));
}

}  // namespace
}  // namespace bytepath::intercept
