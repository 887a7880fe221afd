#include "net/pace.h"

#include <gtest/gtest.h>

namespace bytepath::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(Pace, OfAClosedLoopWaitsForTheAnswerAndTheLimit) {
  Pace pace({.requests = 4, .limit = 100});
  EXPECT_EQ(pace.next(milliseconds(3)), milliseconds(3));
  EXPECT_EQ(pace.next(milliseconds(4)), milliseconds(13)) << "no sooner than 10 ms later";
  EXPECT_EQ(pace.next(milliseconds(50)), milliseconds(50)) << "the answer took longer";
  EXPECT_EQ(pace.next(milliseconds(51)), milliseconds(60));
  EXPECT_EQ(pace.next(milliseconds(99)), std::nullopt);
}

TEST(Pace, OfAnOpenLoopWaitsForNothing) {
  Pace pace({.requests = 3, .rate = 1000});
  EXPECT_EQ(pace.next(nanoseconds(0)), nanoseconds(0));
  EXPECT_EQ(pace.next(milliseconds(500)), milliseconds(1));
  EXPECT_EQ(pace.next(milliseconds(500)), milliseconds(2));
  EXPECT_EQ(pace.next(milliseconds(500)), std::nullopt);
}

TEST(Pace, CountsEachRequestOfABatch) {
  Pace pace({.requests = 40, .batch = 16, .limit = 100});
  EXPECT_EQ(pace.next(nanoseconds(0)), nanoseconds(0));
  EXPECT_EQ(pace.next(nanoseconds(0)), milliseconds(160));
  EXPECT_EQ(pace.next(nanoseconds(0)), milliseconds(320)) << "a batch is whole";
  EXPECT_EQ(pace.next(nanoseconds(0)), std::nullopt);
  Pace open({.requests = 32, .batch = 16, .rate = 1600});
  EXPECT_EQ(open.next(nanoseconds(0)), nanoseconds(0));
  EXPECT_EQ(open.next(nanoseconds(0)), milliseconds(10));
}

TEST(Pace, EndsWithItsTime) {
  Pace pace({.requests = 1000, .duration = milliseconds(25), .limit = 100});
  EXPECT_TRUE(pace.next(nanoseconds(0)));
  EXPECT_TRUE(pace.next(milliseconds(1)));
  EXPECT_TRUE(pace.next(milliseconds(11)));
  EXPECT_FALSE(pace.next(milliseconds(21))) << "the next is due at 30 ms";
  EXPECT_FALSE(pace.next(milliseconds(30)));
  Pace open({.requests = 1000, .duration = milliseconds(2), .rate = 1000});
  EXPECT_TRUE(open.next(nanoseconds(0)));
  EXPECT_TRUE(open.next(nanoseconds(0)));
  EXPECT_FALSE(open.next(nanoseconds(0)));
}

}  // namespace
}  // namespace bytepath::net
