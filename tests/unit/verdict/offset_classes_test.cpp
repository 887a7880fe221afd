#include "verdict/offset_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace bytepath::verdict {
namespace {

using result::Point;
using testing::ElementsAre;
using testing::IsEmpty;

std::string name_of(const OffsetClass& c) { return format_offsets(c); }

std::vector<std::string> names(const OffsetClasses& found) {
  std::vector<std::string> out;
  for (const auto& c : found.classes) out.push_back(name_of(c));
  return out;
}

// tests/data/sweeps: d, a low ns, median ns, GB/s; d_* recorded on a Zen 4, zen3_* on a Zen 3.
std::vector<Point> recorded(const std::string& file) {
  std::ifstream in(std::string(BYTEPATH_TEST_DATA) + "/sweeps/" + file);
  EXPECT_TRUE(in) << file;
  std::vector<Point> points;
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    Point point;
    double minimum = 0;
    fields >> point.x >> minimum >> point.median;
    point.count = 7;
    points.push_back(point);
  }
  return points;
}

TEST(RecordedSweep, Zen4RepMovsbHasTwoClasses) {
  for (const char* file : {"d_movsb_4096_0.tsv", "d_movsb_256_0.tsv"}) {
    const auto points = recorded(file);
    ASSERT_EQ(points.size(), 4096U);
    const auto found = find_offset_classes(points);
    EXPECT_THAT(names(found), ElementsAre("1..15", "16..31")) << file;
  }
  const auto found = find_offset_classes(recorded("d_movsb_4096_0.tsv"));
  EXPECT_NEAR(found.classes[0].ratio, 25.2, 0.5);
  EXPECT_NEAR(found.classes[1].ratio, 2.35, 0.1);
}

TEST(RecordedSweep, Zen4MemcpyIsHitTheSameWay) {
  EXPECT_THAT(names(find_offset_classes(recorded("d_memcpy_4096_0.tsv"))),
              ElementsAre("1..15", "16..31"));
}

TEST(RecordedSweep, Zen4RepMovsqHasOneMildClass) {
  const auto found = find_offset_classes(recorded("d_movsq_4096_0.tsv"));
  EXPECT_THAT(names(found), ElementsAre("1..31"));
  EXPECT_LT(found.classes[0].ratio, severe_factor);
}

// Recorded with memcpy-probe --thorough on an EPYC 7003 (Milan): one class, not two.
TEST(RecordedSweep, Zen3HasOneSevereClassTwiceAsWide) {
  for (const char* file : {"zen3_movsb_4096.tsv", "zen3_memcpy_4096.tsv"}) {
    const auto found = find_offset_classes(recorded(file));
    EXPECT_THAT(names(found), ElementsAre("1..31")) << file;
    ASSERT_FALSE(found.classes.empty());
    EXPECT_GT(found.classes[0].ratio, 15) << file;
  }
  const auto movsq = find_offset_classes(recorded("zen3_movsq_4096.tsv"));
  EXPECT_THAT(names(movsq), ElementsAre("1..31"));
  EXPECT_LT(movsq.classes[0].ratio, severe_factor);
}

TEST(RecordedSweep, TheOthersHaveNone) {
  for (const char* file : {"d_stosb_4096_0.tsv", "d_avx_4096_0.tsv", "d_movsb_bwd_4096_0.tsv",
                           "zen3_stosb_4096.tsv", "zen3_avx_4096.tsv"}) {
    EXPECT_THAT(names(find_offset_classes(recorded(file))), IsEmpty()) << file;
  }
}

// Synthetic hosts: classes as {first, last, factor}.
struct Planted {
  unsigned first;
  unsigned last;
  double factor;
};

std::vector<Point> synthetic(const std::vector<Planted>& planted, double noise, double drift,
                             int outliers, unsigned seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> spread(0, noise);
  std::vector<Point> points;
  for (unsigned d = 0; d < page_offsets; ++d) {
    double time = 50 * spread(random) * (1 + drift * d / page_offsets);
    for (const auto& c : planted) {
      const bool inside =
          c.first <= c.last ? d >= c.first && d <= c.last : d >= c.first || d <= c.last;
      if (inside) time *= c.factor;
    }
    points.push_back({.x = static_cast<double>(d), .median = time, .count = 5});
  }
  std::uniform_int_distribution<unsigned> far(200, page_offsets - 200);
  for (int i = 0; i < outliers; ++i) points[far(random)].median *= 30;
  return points;
}

TEST(SyntheticSweep, PlantedBordersComeOutExact) {
  const std::vector<std::vector<Planted>> hosts = {
      {{1, 15, 25}, {16, 31, 2.3}},   // Zen 4
      {{1, 31, 28}},                  // Zen 3
      {{1, 63, 6}},                   // the class of glibc BZ 27130
      {{4090, 5, 8}},                 // around 0
      {{1, 7, 12}, {2040, 2060, 3}},  // two places
      {{64, 127, 1.9}},               // mild only
  };
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    for (unsigned seed = 0; seed < 10; ++seed) {
      const auto found = find_offset_classes(synthetic(hosts[host], 0.06, 0.2, 20, seed));
      ASSERT_EQ(found.classes.size(), hosts[host].size()) << "host " << host << " seed " << seed;
      for (std::size_t i = 0; i < hosts[host].size(); ++i) {
        EXPECT_EQ(found.classes[i].first, hosts[host][i].first) << "host " << host;
        EXPECT_EQ(found.classes[i].last, hosts[host][i].last) << "host " << host;
        EXPECT_NEAR(found.classes[i].ratio / hosts[host][i].factor, 1, 0.15);
      }
    }
  }
}

TEST(SyntheticSweep, NoiseDriftAndOutliersAreNoClass) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    EXPECT_THAT(names(find_offset_classes(synthetic({}, 0.15, 0.5, 60, seed))), IsEmpty())
        << "seed " << seed;
  }
}

// What a busy neighbour does to a part of the class is no border of it.
TEST(SyntheticSweep, AClassOfTwoNearLevelsIsOne) {
  const auto found = find_offset_classes(synthetic({{1, 6, 40}, {7, 31, 27}}, 0.02, 0, 0, 1));
  EXPECT_THAT(names(found), ElementsAre("1..31"));
  EXPECT_NEAR(found.classes.at(0).ratio, 27, 2);
}

TEST(SparseSweep, BordersNameTheGapThatMustBeRefined) {
  std::vector<Point> points;
  for (unsigned d = 0; d < page_offsets; d += 8) {
    points.push_back(
        {.x = static_cast<double>(d), .median = d >= 8 && d <= 24 ? 100.0 : 10.0, .count = 16});
  }
  const auto found = find_offset_classes(points);
  ASSERT_EQ(found.classes.size(), 1U);
  EXPECT_EQ(found.classes[0].before, 0U);
  EXPECT_EQ(found.classes[0].first, 8U);
  EXPECT_EQ(found.classes[0].last, 24U);
  EXPECT_EQ(found.classes[0].after, 32U);
}

TEST(SparseSweep, TooFewPointsSayNothing) {
  const std::vector<Point> points(3, {.x = 1, .median = 1, .count = 16});
  EXPECT_EQ(find_offset_classes(points).baseline, 0);
}

// The recorded 64 x 64 grids prove that d is the whole predicate: slow if and only if d is
// in 1..15.
TEST(RecordedGrid, SlowCellsAreThoseOfTheClass) {
  for (const char* file : {"grid_4096.tsv", "grid_mc_4096.tsv"}) {
    std::ifstream in(std::string(BYTEPATH_TEST_DATA) + "/sweeps/" + file);
    std::string line;
    int slow = 0;
    int cells = 0;
    while (std::getline(in, line)) {
      if (line.starts_with('#')) continue;
      std::istringstream fields(line);
      int source = 0;
      fields >> source;
      double throughput = 0;
      for (int destination = 0; fields >> throughput; ++destination, ++cells) {
        const int d = (destination - source + 4096) % 4096;
        const bool in_class = d >= 1 && d <= 15;
        EXPECT_EQ(throughput < 6, in_class) << file << " " << source << "," << destination;
        slow += throughput < 6 ? 1 : 0;
      }
    }
    EXPECT_EQ(cells, 4096);
    EXPECT_EQ(slow, 840);
  }
}

}  // namespace
}  // namespace bytepath::verdict
