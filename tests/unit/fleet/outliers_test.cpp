#include "fleet/outliers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "fleet/differences.h"
#include "support/fleets.h"

namespace bytepath::fleet {
namespace {

using test::Chance;
using test::measured;

constexpr OutlierRules rules;

std::string name(std::size_t host) { return "host" + std::to_string(host); }

// Hosts by number with a factor for metric 3.
Fleet planted(std::size_t hosts, const std::map<std::size_t, double>& odd, std::uint64_t seed) {
  stats::Random random(seed);
  Fleet fleet;
  for (std::size_t i = 0; i < hosts; ++i) {
    const auto found = odd.find(i);
    const std::map<std::size_t, double> factors =
        found == odd.end() ? std::map<std::size_t, double>{}
                           : std::map{std::pair(std::size_t{3}, found->second)};
    fleet.add(measured(20, Chance{}, random, factors), name(i));
  }
  return fleet;
}

std::set<std::uint32_t> hosts_of(const Outliers& outliers) {
  std::set<std::uint32_t> hosts;
  for (const auto& each : outliers.found) hosts.insert(each.host);
  return hosts;
}

TEST(Outliers, ThatArePlantedAreFoundAndNoOther) {
  const auto fleet = planted(100, {{7, 1.5}, {50, 0.6}}, 1);
  const auto outliers = find_outliers(fleet, rules);
  ASSERT_EQ(outliers.found.size(), 2U);
  EXPECT_EQ(hosts_of(outliers), (std::set<std::uint32_t>{7, 50}));
  for (const auto& each : outliers.found) {
    EXPECT_EQ(fleet.metric(each.metric).name, "m3");
    EXPECT_NEAR(each.usual, 100, 2);
    EXPECT_EQ(each.deviations > 0, each.host == 7);
    EXPECT_LE(each.p, 0.05);
  }
  EXPECT_EQ(outliers.tested, 2000U);
}

TEST(Outliers, AreFoundAmongFewHostsAndWhereAThirdAreOdd) {
  EXPECT_EQ(hosts_of(find_outliers(planted(8, {{2, 25}}, 2), rules)), (std::set<std::uint32_t>{2}));
  std::map<std::size_t, double> third;
  for (std::size_t i = 0; i < 30; ++i) third[i] = 3;
  EXPECT_EQ(hosts_of(find_outliers(planted(90, third, 3), rules)).size(), 30U);
}

// At most 5 of 100 fleets in which all is chance have a false one. 400 fleets of such chance have
// more than 31 with a probability below 1 in 100.
void expect_silence(std::size_t hosts, const Chance& chance, std::uint64_t seed) {
  stats::Random random(seed);
  // As near as chance can come: the margin must not be what keeps it silent.
  const OutlierRules without_margin{.margin = 0};
  int false_alarms = 0;
  for (int fleets = 0; fleets < 400; ++fleets) {
    Fleet fleet;
    for (std::size_t i = 0; i < hosts; ++i) fleet.add(measured(12, chance, random), name(i));
    if (!find_outliers(fleet, without_margin).found.empty()) ++false_alarms;
  }
  EXPECT_LE(false_alarms, 31) << hosts << " hosts";
}

TEST(Outliers, OfFleetsOfChanceAreNoMoreThanTheStatedRate) {
  expect_silence(8, {.spread = 0.05}, 11);
  expect_silence(20, {.spread = 0.05}, 12);
  expect_silence(100, {.spread = 0.05}, 13);
}

TEST(Outliers, OfFleetsOfWildChanceAreNoMoreThanTheStatedRate) {
  expect_silence(8, {.spread = 0.05, .heavy = true}, 21);
  expect_silence(20, {.spread = 0.05, .heavy = true}, 22);
  expect_silence(100, {.spread = 0.05, .heavy = true}, 23);
}

TEST(Outliers, NeedAsManyHostsAsTheRulesSay) {
  const auto fleet = planted(7, {{2, 25}}, 4);
  EXPECT_TRUE(find_outliers(fleet, rules).found.empty());
  EXPECT_EQ(find_outliers(fleet, rules).groups_too_small, 1U);
  EXPECT_EQ(find_outliers(fleet, {.fewest_hosts = 7}).found.size(), 1U);
}

TEST(Outliers, NeedAMetricOfAsManyHosts) {
  stats::Random random(12);
  Fleet fleet;
  for (std::size_t i = 0; i < 50; ++i) {
    auto document = measured(2, Chance{}, random, {{1, i == 0 ? 25 : 1}});
    if (i >= 7) document.metrics.pop_back();
    fleet.add(document, name(i));
  }
  EXPECT_EQ(find_outliers(fleet, rules).tested, 50U);
}

TEST(Outliers, AreDoubtedByTheirOwnInterval) {
  const auto deviations = [](double low, double high) {
    stats::Random random(13);
    Fleet fleet;
    for (std::size_t i = 0; i < 50; ++i) {
      auto document = measured(1, {.spread = 0.02}, random, {{0, i == 9 ? 2 : 1}});
      if (i == 9) document.metrics[0].low *= low;
      if (i == 9) document.metrics[0].high *= high;
      fleet.add(document, name(i));
    }
    const auto outliers = find_outliers(fleet, {.false_alarms = 1});
    return outliers.found.empty() ? 0 : outliers.found[0].deviations;
  };
  EXPECT_GT(deviations(1, 1), 20);
  EXPECT_LT(deviations(0.8, 1.2), 10);
}

TEST(Outliers, AreOfOneGroup) {
  stats::Random random(5);
  Fleet fleet;
  for (std::size_t i = 0; i < 40; ++i) {
    // Each kernel has its own level; among 20 alike hosts nobody is odd.
    auto document = measured(3, Chance{}, random, {{0, i < 20 ? 1 : 2}});
    document.host.kernel = i < 20 ? "6.1" : "6.6";
    fleet.add(document, name(i));
  }
  EXPECT_EQ(fleet.groups().size(), 2U);
  EXPECT_TRUE(find_outliers(fleet, rules).found.empty());
}

TEST(Outliers, HaveAWholeIntervalBeyondTheMargin) {
  stats::Random random(6);
  Fleet fleet;
  for (std::size_t i = 0; i < 50; ++i) {
    auto document = measured(1, {.spread = 0.001}, random, {{0, i == 9 ? 1.2 : 1}});
    if (i == 9) document.metrics[0].low = 101;  // it may as well be as fast as the others
    fleet.add(document, name(i));
  }
  EXPECT_TRUE(find_outliers(fleet, rules).found.empty());
  EXPECT_TRUE(find_outliers(planted(100, {{7, 1.5}}, 7), {.margin = 0.9}).found.empty());
}

TEST(Outliers, AreFoundWhereAllOthersAreTheSameNumber) {
  Fleet fleet;
  stats::Random random(8);
  for (std::size_t i = 0; i < 50; ++i) {
    auto document = measured(1, {.spread = 0}, random, {{0, i == 9 ? 2 : 1}});
    fleet.add(document, name(i));
  }
  EXPECT_EQ(hosts_of(find_outliers(fleet, rules)), (std::set<std::uint32_t>{9}));
}

TEST(Outliers, AreNotToldOfWhatIsUsuallyNothingOrNoNumber) {
  Fleet fleet;
  stats::Random random(9);
  for (std::size_t i = 0; i < 50; ++i) {
    auto document = measured(2, {.spread = 0}, random);
    document.metrics[0].median = i == 9 ? 5 : 0;
    document.metrics[1].median = std::numeric_limits<double>::quiet_NaN();
    fleet.add(document, name(i));
  }
  EXPECT_TRUE(find_outliers(fleet, rules).found.empty());
  EXPECT_EQ(find_outliers(fleet, rules).tested, 0U);
}

TEST(Differences, AreWhatOnlyTheOutliersHave) {
  stats::Random random(10);
  Fleet fleet;
  for (std::size_t i = 0; i < 60; ++i) {
    const bool odd = i % 20 == 0;
    auto document = measured(4, Chance{}, random, {{1, odd ? 2 : 1}});
    document.host.hypervisor = odd ? "KVM" : "";
    document.parameters["rounds"] = std::int64_t{16};             // alike
    document.parameters["began"] = static_cast<std::int64_t>(i);  // tells nothing
    document.host.cpu.features["erms"] = i % 3 == 0;              // chance
    if (odd) document.findings.push_back({.id = "tier.cpu.steal"});
    fleet.add(document, name(i));
  }
  const auto outliers = find_outliers(fleet, rules);
  const auto sets = outlier_sets(outliers.found);
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets[0].hosts, (std::vector<std::uint32_t>{0, 20, 40}));
  const auto found = differences(fleet, *fleet.groups()[0], sets[0], outliers.found, 10);
  ASSERT_EQ(found.size(), 2U) << found.back().what;
  std::map<std::string, Difference> by_name;
  for (const auto& each : found) by_name[each.what] = each;
  EXPECT_EQ(by_name["hypervisor"].value, "KVM");
  EXPECT_EQ(by_name["hypervisor"].others, "none");
  EXPECT_EQ(by_name["hypervisor"].here, 1);
  EXPECT_EQ(by_name["hypervisor"].elsewhere, 0);
  EXPECT_EQ(by_name.count("finding tier.cpu.steal"), 1U);
}

TEST(Differences, LeaveOutWhatIsDifferentOnMostHosts) {
  stats::Random random(14);
  Fleet fleet;
  for (std::size_t i = 0; i < 60; ++i) {
    auto document = measured(4, Chance{}, random, {{1, i == 5 ? 2 : 1}});
    document.parameters["began"] = static_cast<std::int64_t>(i);
    fleet.add(document, name(i));
  }
  const auto outliers = find_outliers(fleet, rules);
  const auto sets = outlier_sets(outliers.found);
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_TRUE(differences(fleet, *fleet.groups()[0], sets[0], outliers.found, 10).empty());
}

TEST(Differences, KeepSetsOfOtherMetricsAndDirectionsApart) {
  const auto fleet = planted(100, {{7, 1.5}, {8, 1.6}, {50, 0.6}}, 1);
  const auto sets = outlier_sets(find_outliers(fleet, rules).found);
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(sets[0].hosts, (std::vector<std::uint32_t>{7, 8}));  // the larger first
  EXPECT_EQ(sets[1].hosts, (std::vector<std::uint32_t>{50}));
}

TEST(Fleet, CountsAMetricOfOneDocumentOnce) {
  stats::Random random(11);
  auto document = measured(1, Chance{}, random);
  document.metrics.push_back(document.metrics[0]);
  Fleet fleet;
  fleet.add(document, "twice");
  EXPECT_EQ(fleet.groups()[0]->metrics.begin()->second.size(), 1U);
}

}  // namespace
}  // namespace bytepath::fleet
