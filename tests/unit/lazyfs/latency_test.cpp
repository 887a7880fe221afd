#include "lazyfs/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace bytepath::lazyfs {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

std::vector<nanoseconds> drawn(const Latency& latency, std::uint64_t seed, std::size_t count) {
  stats::Random random(seed);
  std::vector<nanoseconds> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(latency.draw(random));
  return out;
}

TEST(Latency, OfAConstantIsAlwaysTheSame) {
  const auto latency = Latency::parse("constant:2ms").value();
  for (const auto each : drawn(latency, 1, 100)) EXPECT_EQ(each, microseconds(2000));
  EXPECT_EQ(Latency::parse("constant:0ms").value(), Latency());
}

TEST(Latency, HasThePercentilesOfItsDistribution) {
  auto times = drawn(Latency::parse("lognormal:550us:0.617").value(), 7, 100'000);
  std::ranges::sort(times);
  const auto percentile = [&](double part) {
    const auto at = static_cast<std::size_t>(part * static_cast<double>(times.size()));
    return static_cast<double>(times[at].count()) / 1000;
  };
  // exp(ln 550 + 0.617 z), with z of the normal distribution's table; the bounds are some standard
  // errors of 100 000 draws wide.
  EXPECT_NEAR(percentile(0.5), 550, 10);
  EXPECT_NEAR(percentile(0.1), 249.4, 6);
  EXPECT_NEAR(percentile(0.99), 2310, 80);
  EXPECT_NEAR(percentile(0.999), 3701, 300);
}

TEST(Latency, FollowsItsSeed) {
  const auto latency = Latency::parse("lognormal:1ms:1").value();
  EXPECT_EQ(drawn(latency, 3, 50), drawn(latency, 3, 50));
  EXPECT_NE(drawn(latency, 3, 50), drawn(latency, 4, 50));
}

TEST(Latency, NeverTakesLongerThanAnHour) {
  for (const auto each : drawn(Latency::parse("lognormal:1h:5").value(), 1, 1000)) {
    EXPECT_GE(each.count(), 0);
    EXPECT_LE(each, std::chrono::hours(1));
  }
}

TEST(Latency, RefusesWhatIsNone) {
  for (const auto* wrong :
       {"", "2ms", "constant", "constant:", "constant:2ms:1", "constant:-2ms", "constant:2h",
        "lognormal:2ms", "lognormal:2ms:", "lognormal:2ms:-1", "lognormal:2ms:6",
        "lognormal:2ms:nan", "lognormal:2ms:1x", "normal:2ms:1", "lognormal:2ms:1:1"}) {
    EXPECT_FALSE(Latency::parse(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
