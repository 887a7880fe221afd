#include "lazyfs/pacer.h"

#include <gtest/gtest.h>

namespace bytepath::lazyfs {
namespace {

using std::chrono::milliseconds;

TEST(Pacer, SendsOneAfterTheOther) {
  Pacer pacer(1'000'000);
  const Pacer::Time now{};
  EXPECT_EQ(pacer.send(100'000, now), now + milliseconds(100));
  EXPECT_EQ(pacer.send(100'000, now), now + milliseconds(200));
  EXPECT_EQ(pacer.send(100'000, now + milliseconds(50)), now + milliseconds(300));
}

TEST(Pacer, SavesNothingUpWhileNobodySends) {
  Pacer pacer(1'000'000);
  const Pacer::Time now{};
  pacer.send(100'000, now);
  EXPECT_EQ(pacer.send(100'000, now + milliseconds(500)), now + milliseconds(600));
}

TEST(Pacer, WithoutARateIsAsFastAsItGoes) {
  Pacer pacer(0);
  const Pacer::Time now{};
  EXPECT_EQ(pacer.send(UINT64_MAX, now), now);
}

}  // namespace
}  // namespace bytepath::lazyfs
