#include "compare/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "stats/order.h"

namespace bytepath::compare {
namespace {

using result::Better;
using testing::HasSubstr;

constexpr double infinity = std::numeric_limits<double>::infinity();

Measured measured(std::string metric, std::string unit, Kind kind, std::vector<double> samples,
                  Better better = Better::lower) {
  const auto summary = stats::summarize(samples);
  return {.metric = std::move(metric),
          .unit = std::move(unit),
          .better = better,
          .kind = kind,
          .samples = std::move(samples),
          .median = summary.median,
          .low = summary.low,
          .high = summary.high,
          .count = summary.count};
}

Measured wall(std::vector<double> samples) {
  return measured("wall", "s", Kind::time, std::move(samples));
}

Measured faults(std::vector<double> samples) {
  return measured("faults", "", Kind::count, std::move(samples));
}

Measured median_only(double median, double low, double high, std::uint64_t count) {
  Measured made = wall({});
  made.median = median;
  made.low = low;
  made.high = high;
  made.count = count;
  return made;
}

// Round i of every command shares its noise, as rounds of one session do; each has 0.5 % of its
// own.
std::vector<double> times(double level, std::size_t count, unsigned seed) {
  std::mt19937 shared(1);
  std::mt19937 own(seed);
  std::normal_distribution<double> drift(0, 0.1);
  std::normal_distribution<double> noise(0, 0.005);
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(level * std::exp(drift(shared) + noise(own)));
  return out;
}

std::vector<double> constant(double value, std::size_t count) {
  return std::vector<double>(count, value);
}

Suite suite(std::vector<Benchmark> benchmarks, bool paired = false) {
  Suite made;
  made.path = paired ? "both.json" : "one.json";
  made.format = "bytepath";
  made.paired = paired;
  made.benchmarks = std::move(benchmarks);
  return made;
}

Rules rules(const std::vector<std::string>& gates = {}) {
  Rules made;
  for (const auto& gate : gates) made.gates.push_back(parse_gate(gate).value());
  return made;
}

std::vector<Comparison> pairs(const Measured& base, const Measured& now, const Rules& by) {
  const auto compared = compare_pairs(suite({{"a", {base}}, {"b", {now}}}, true), by);
  EXPECT_TRUE(compared) << compared.error().message;
  return compared.value_or(std::vector<Comparison>{});
}

std::vector<Comparison> suites(const Measured& base, const Measured& now, const Rules& by) {
  const auto compared = compare_suites(suite({{"a", {base}}}), suite({{"a", {now}}}), by);
  EXPECT_TRUE(compared) << compared.error().message;
  return compared.value_or(std::vector<Comparison>{});
}

TEST(ComparePairs, AGateFailsWhereThePairsAreSurelyWorseThanItsMargin) {
  const auto base = wall(times(1, 30, 2));
  const auto slower = wall(times(1.1, 30, 3));
  const auto failed = pairs(base, slower, rules({"wall:+5%"}));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].benchmark, "b");
  EXPECT_EQ(failed[0].verdict, Verdict::regression);
  EXPECT_EQ(failed[0].outcome, Outcome::failed);
  EXPECT_EQ(failed[0].gate, "wall:+5%");
  EXPECT_TRUE(failed[0].paired);
  EXPECT_NEAR(failed[0].effect.ratio, 1.1, 0.01);
  EXPECT_LE(failed[0].adjusted_p_value, 0.05);
  const auto allowed = pairs(base, slower, rules({"wall:+15%"}));
  EXPECT_EQ(allowed[0].verdict, Verdict::equivalent);
  EXPECT_EQ(allowed[0].outcome, Outcome::passed);
  const auto unasked = pairs(base, slower, rules());
  EXPECT_EQ(unasked[0].verdict, Verdict::regression);
  EXPECT_EQ(unasked[0].outcome, Outcome::none);
  EXPECT_EQ(pairs(slower, base, rules())[0].verdict, Verdict::improvement);
}

TEST(ComparePairs, WhatShouldBeHighIsWorseWhenItIsLow) {
  const auto base = measured("speed", "B/s", Kind::time, times(1, 30, 2), Better::higher);
  const auto less = measured("speed", "B/s", Kind::time, times(0.9, 30, 3), Better::higher);
  const auto failed = pairs(base, less, rules({"speed:+5%"}));
  EXPECT_EQ(failed[0].outcome, Outcome::failed);
  EXPECT_NEAR(failed[0].effect.ratio, 0.9, 0.01);  // as measured, not turned over
  EXPECT_EQ(pairs(less, base, rules({"speed:+5%"}))[0].verdict, Verdict::improvement);
  EXPECT_EQ(pairs(less, base, rules({"speed:+5%"}))[0].outcome, Outcome::passed);
}

TEST(ComparePairs, WithoutADirectionOnlyAGateMakesARegression) {
  const auto base = measured("ops", "", Kind::count, constant(100, 30), Better::none);
  const auto more = measured("ops", "", Kind::count, constant(120, 30), Better::none);
  EXPECT_EQ(pairs(base, more, rules())[0].verdict, Verdict::inconclusive);
  EXPECT_THAT(pairs(base, more, rules())[0].why, HasSubstr("neither direction"));
  EXPECT_EQ(pairs(base, base, rules())[0].verdict, Verdict::equivalent);
  EXPECT_EQ(pairs(base, more, rules({"ops:+5%"}))[0].outcome, Outcome::failed);
}

TEST(ComparePairs, TooFewPairsAreNotJudged) {
  const auto few = pairs(wall(constant(1, 5)), wall(constant(2, 5)), rules({"wall:+5%"}));
  EXPECT_EQ(few[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(few[0].outcome, Outcome::not_judged);
  EXPECT_EQ(few[0].why, "needs at least 6 pairs");
  const auto enough = pairs(wall(constant(1, 6)), wall(constant(2, 6)), rules({"wall:+5%"}));
  EXPECT_EQ(enough[0].outcome, Outcome::failed);
}

TEST(ComparePairs, LookingAfterEachPairAsksForMoreOfThem) {
  auto both = suite({{"a", {wall(constant(1, 8))}}, {"b", {wall(constant(2, 8))}}}, true);
  both.stopping = stats::Stopping::anytime;
  std::size_t needed = 6;
  while (stats::anytime_median_rank(needed) == 0) ++needed;
  const auto compared = compare_pairs(both, rules({"wall:+5%"}));
  EXPECT_EQ(compared->at(0).outcome, Outcome::not_judged);
  EXPECT_EQ(compared->at(0).why, fmt::format("needs at least {} pairs", needed));
}

TEST(ComparePairs, ZeroTimesAreLeftOutAndSaid) {
  auto base = times(1, 30, 2);
  base[3] = base[7] = 0;
  auto now = times(1, 30, 3);
  now[7] = now[9] = 0;
  const auto compared = pairs(wall(base), wall(now), rules());
  EXPECT_EQ(compared[0].effect.count, 27U);
  EXPECT_EQ(compared[0].why, "3 of 30 pairs left out (zero time)");
  const auto none = pairs(wall(constant(0, 30)), wall(constant(0, 30)), rules({"wall:+5%"}));
  EXPECT_EQ(none[0].outcome, Outcome::not_judged);
  EXPECT_EQ(none[0].verdict, Verdict::inconclusive);
}

TEST(ComparePairs, ACountThatWasZeroAndIsNotFailsItsGate) {
  const Rules gate = rules({"faults:+0"});
  const auto grown = pairs(faults(constant(0, 30)), faults(constant(5, 30)), gate);
  EXPECT_EQ(grown[0].verdict, Verdict::regression);
  EXPECT_EQ(grown[0].outcome, Outcome::failed);
  EXPECT_EQ(grown[0].effect.ratio, infinity);
  EXPECT_EQ(grown[0].effect.low, infinity);
  EXPECT_EQ(grown[0].effect.left_out, 0U);
  EXPECT_EQ(grown[0].why, "");
  const auto gone = pairs(faults(constant(5, 30)), faults(constant(0, 30)), gate);
  EXPECT_EQ(gone[0].verdict, Verdict::improvement);
  EXPECT_EQ(gone[0].effect.ratio, 0);
  const auto still = pairs(faults(constant(0, 30)), faults(constant(0, 30)), gate);
  EXPECT_EQ(still[0].verdict, Verdict::equivalent);
  EXPECT_EQ(still[0].outcome, Outcome::passed);
  EXPECT_EQ(still[0].effect.ratio, 1);
  std::vector<double> once = constant(0, 30);
  once[4] = 5;
  EXPECT_EQ(pairs(faults(constant(0, 30)), faults(once), gate)[0].outcome, Outcome::passed);
}

TEST(ComparePairs, CountsThatAreEqualAreExactlyEqual) {
  const auto equal = pairs(faults(constant(812, 30)), faults(constant(812, 30)), rules());
  EXPECT_EQ(equal[0].effect.ratio, 1);
  EXPECT_EQ(equal[0].effect.low, 1);
  EXPECT_EQ(equal[0].effect.high, 1);
  const auto one_more =
      pairs(faults(constant(812, 30)), faults(constant(813, 30)), rules({"faults:+0"}));
  EXPECT_EQ(one_more[0].outcome, Outcome::failed);
}

TEST(ComparePairs, AChangeOfTheMarginItselfIsAllowed) {
  for (const int percent : {1, 3, 7, 10, 13, 29, 57}) {
    const auto gate = fmt::format("faults:+{}%", percent);
    const auto now = faults(constant(1000 + 10 * percent, 30));
    EXPECT_EQ(pairs(faults(constant(1000, 30)), now, rules({gate}))[0].outcome, Outcome::passed);
    const auto more = faults(constant(1001 + 10 * percent, 30));
    EXPECT_EQ(pairs(faults(constant(1000, 30)), more, rules({gate}))[0].outcome, Outcome::failed);
  }
}

TEST(ComparePairs, AmongManyGatesOneNeedsMoreEvidence) {
  // 6 pairs of 6 above the margin: p = 2 / 2^6, enough alone and not among two.
  const auto base = wall({1, 1, 1, 1, 1, 1});
  const auto slower = wall({1.2, 1.3, 1.2, 1.3, 1.2, 1.3});
  const auto both = compare_pairs(
      suite({{"a", {base, faults(constant(7, 6))}}, {"b", {slower, faults(constant(7, 6))}}}, true),
      rules({"wall:+5%", "faults:+5%"}));
  EXPECT_EQ(both->at(0).verdict, Verdict::regression);
  EXPECT_EQ(both->at(0).outcome, Outcome::passed);
  EXPECT_EQ(both->at(0).why, "beyond the margin alone, but not among 2 gates (Holm)");
  EXPECT_NEAR(both->at(0).p_value, 2.0 / 64, 1e-12);
  EXPECT_NEAR(both->at(0).adjusted_p_value, 4.0 / 64, 1e-12);
  EXPECT_EQ(pairs(base, slower, rules({"wall:+5%"}))[0].outcome, Outcome::failed);
}

TEST(ComparePairs, AGateThatNamesNothingIsNotJudged) {
  const auto base = wall(times(1, 30, 2));
  const auto compared = pairs(base, base, rules({"wall:+5%", "wal:+5%", "wall@/^x/:+5%"}));
  ASSERT_EQ(compared.size(), 3U);
  for (std::size_t i : {1U, 2U}) {
    EXPECT_EQ(compared[i].verdict, Verdict::missing);
    EXPECT_EQ(compared[i].outcome, Outcome::not_judged);
  }
  EXPECT_EQ(compared[1].metric, "wal");
}

TEST(ComparePairs, EveryOtherBenchmarkIsComparedWithTheReference) {
  auto all = suite({{"x", {wall(times(1.1, 30, 2))}},
                    {"ref", {wall(times(1, 30, 3))}},
                    {"y", {wall(times(0.9, 30, 4)), faults(constant(1, 30))}}},
                   true);
  all.reference = 1;
  const auto compared = compare_pairs(all, rules());
  ASSERT_EQ(compared->size(), 2U);
  EXPECT_EQ(compared->at(0).verdict, Verdict::regression);
  EXPECT_EQ(compared->at(1).verdict, Verdict::improvement);
  Rules filter = rules();
  filter.filter = "^y$";
  EXPECT_EQ(compare_pairs(all, filter)->at(0).benchmark, "y");
  filter.filter = "^ref$";
  EXPECT_EQ(compare_pairs(all, filter).error().kind, ErrorKind::unsupported);
  filter.filter = "(";
  EXPECT_EQ(compare_pairs(all, filter).error().kind, ErrorKind::usage);
  all.paired = false;
  EXPECT_EQ(compare_pairs(all, rules()).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(compare_pairs(suite({{"a", {}}}, true), rules()).error().kind, ErrorKind::unsupported);
}

TEST(CompareSuites, WallTimeOfAnotherSessionIsAdvice) {
  const auto base = wall(times(1, 30, 2));
  const auto slower = wall(times(2, 30, 3));
  Rules by = rules({"wall:+5%"});
  const auto advisory = suites(base, slower, by);
  EXPECT_EQ(advisory[0].verdict, Verdict::regression);
  EXPECT_EQ(advisory[0].outcome, Outcome::advisory);
  EXPECT_THAT(advisory[0].why, HasSubstr("--allow-unpaired"));
  EXPECT_FALSE(advisory[0].paired);
  by.allow_unpaired = true;
  EXPECT_EQ(suites(base, slower, by)[0].outcome, Outcome::failed);
  EXPECT_EQ(suites(base, base, by)[0].outcome, Outcome::passed);
}

TEST(CompareSuites, CountsDecideAndZeroIsACount) {
  const Rules gate = rules({"faults:+0"});
  EXPECT_EQ(suites(faults(constant(100, 6)), faults(constant(101, 6)), gate)[0].outcome,
            Outcome::failed);
  EXPECT_EQ(suites(faults(constant(100, 6)), faults(constant(100, 6)), gate)[0].verdict,
            Verdict::equivalent);
  const auto grown = suites(faults(constant(0, 10)), faults(constant(5, 10)), gate);
  EXPECT_EQ(grown[0].outcome, Outcome::failed);
  EXPECT_EQ(grown[0].effect.ratio, infinity);
  EXPECT_EQ(suites(faults(constant(0, 10)), faults(constant(0, 10)), gate)[0].verdict,
            Verdict::equivalent);
  const auto single = suites(faults({100}), faults({200}), gate);
  EXPECT_EQ(single[0].outcome, Outcome::not_judged);
  EXPECT_EQ(single[0].why, "needs at least 7 samples of each");
}

TEST(CompareSuites, MediansAndIntervalsServeWhereThereAreNoSamples) {
  Rules by = rules({"wall:+5%"});
  by.allow_unpaired = true;
  const auto apart = suites(median_only(1, 0.99, 1.01, 30), median_only(1.2, 1.19, 1.21, 20), by);
  EXPECT_NEAR(apart[0].effect.ratio, 1.2, 1e-12);
  EXPECT_NEAR(apart[0].effect.low, 1.19 / 1.01, 1e-12);
  EXPECT_NEAR(apart[0].effect.high, 1.21 / 0.99, 1e-12);
  EXPECT_EQ(apart[0].effect.count, 20U);
  EXPECT_EQ(apart[0].outcome, Outcome::failed);
  const auto wide = suites(median_only(1, 0.9, 1.1, 30), median_only(1.2, 1.1, 1.3, 20), by);
  EXPECT_EQ(wide[0].outcome, Outcome::passed);
  EXPECT_EQ(wide[0].verdict, Verdict::inconclusive);
  for (const auto& bare : {median_only(1, 1, 1, 5), median_only(1, 0, 0, 30),
                           median_only(1, std::nan(""), std::nan(""), 30)}) {
    const auto unknown = suites(bare, median_only(2, 2, 2, 30), by);
    EXPECT_EQ(unknown[0].verdict, Verdict::inconclusive);
    EXPECT_EQ(unknown[0].outcome, Outcome::not_judged);
    EXPECT_EQ(unknown[0].why, "only the median is known");
  }
}

TEST(CompareSuites, UnitsOfTimeAreConvertedAndOthersAreIncomparable) {
  Measured nanoseconds = measured("wall", "ns", Kind::time, constant(1e9, 10));
  const auto same = suites(wall(constant(1, 10)), nanoseconds, rules());
  EXPECT_EQ(same[0].verdict, Verdict::equivalent);
  EXPECT_DOUBLE_EQ(same[0].baseline, 1e9);
  const auto bytes = measured("wall", "B", Kind::time, constant(1, 10));
  const auto differs = suites(wall(constant(1, 10)), bytes, rules({"wall:+5%"}));
  EXPECT_EQ(differs[0].verdict, Verdict::incomparable);
  EXPECT_EQ(differs[0].outcome, Outcome::not_judged);
}

TEST(CompareSuites, TimesNeedOneMachineAndCountsOneSoftware) {
  auto base = suite({{"a", {wall(times(1, 30, 2)), faults(constant(5, 30))}}});
  auto now = base;
  base.host.cpu.brand = "CPU A";
  now.host.cpu.brand = "CPU B";
  base.host.machine_hash = "1";
  now.host.machine_hash = "2";
  base.host.software_hash = now.host.software_hash = "s";
  Rules by = rules({"wall:+5%", "faults:+0"});
  const auto machines = compare_suites(base, now, by);
  EXPECT_EQ(machines->at(0).verdict, Verdict::incomparable);
  EXPECT_EQ(machines->at(0).outcome, Outcome::not_judged);
  EXPECT_EQ(machines->at(0).why, "another machine: cpu CPU A, now CPU B");
  EXPECT_EQ(machines->at(1).outcome, Outcome::passed);
  now.host = base.host;
  now.host.software_hash = "t";
  base.host.kernel = "6.1";
  now.host.kernel = "6.12";
  const auto software = compare_suites(base, now, by);
  EXPECT_NE(software->at(0).verdict, Verdict::incomparable);
  EXPECT_EQ(software->at(1).verdict, Verdict::incomparable);
  EXPECT_EQ(software->at(1).why, "other software: kernel 6.1, now 6.12");
  by.allow_host_mismatch = true;
  EXPECT_EQ(compare_suites(base, now, by)->at(1).outcome, Outcome::passed);
  EXPECT_FALSE(host_doubt(base, now));
  now.host = {};
  by.allow_host_mismatch = false;
  EXPECT_EQ(compare_suites(base, now, by)->at(1).outcome, Outcome::passed);
  EXPECT_EQ(host_doubt(base, now)->what, "whether both runs are of one host");
}

TEST(CompareSuites, WhatOnlyOneSideHasIsMissingOrNew) {
  const auto base = suite({{"a", {wall({1})}}, {"gone", {wall({1}), faults({1})}}});
  const auto now = suite({{"a", {wall({1})}}, {"here", {wall({1})}}});
  const auto plain = compare_suites(base, now, rules());
  ASSERT_EQ(plain->size(), 3U);
  EXPECT_EQ(plain->at(1).verdict, Verdict::missing);
  EXPECT_EQ(plain->at(1).metric, "");
  EXPECT_EQ(plain->at(1).outcome, Outcome::none);
  EXPECT_EQ(plain->at(2).verdict, Verdict::added);
  EXPECT_EQ(name_of(plain->at(2).verdict), "new");
  const auto gated = compare_suites(base, now, rules({"faults:+0"}));
  ASSERT_EQ(gated->size(), 3U);
  EXPECT_EQ(gated->at(1).metric, "faults");
  EXPECT_EQ(gated->at(1).outcome, Outcome::not_judged);
  const auto lost =
      compare_suites(suite({{"a", {wall({1}), faults({1})}}}), now, rules({"faults:+0"}));
  EXPECT_EQ(lost->at(1).metric, "faults");
  EXPECT_EQ(lost->at(1).outcome, Outcome::not_judged);
}

TEST(CompareSuites, MapsNamesAndSaysWhichAreWrong) {
  const auto base = suite({{"./old x", {wall(constant(1, 10))}}});
  const auto now = suite({{"./new x", {wall(constant(1, 10))}}});
  const auto nothing = compare_suites(base, now, rules());
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(nothing.error().hint, HasSubstr("--map './old x=./new x'"));
  Rules mapped = rules();
  mapped.renamed = {{"./old x", "./new x"}};
  const auto compared = compare_suites(base, now, mapped);
  ASSERT_TRUE(compared);
  EXPECT_EQ(compared->at(0).benchmark, "./new x");
  EXPECT_EQ(compared->at(0).verdict, Verdict::equivalent);
  for (const auto& wrong : {std::pair{"old", "./new x"}, std::pair{"./old x", "new"}}) {
    mapped.renamed = {wrong};
    EXPECT_EQ(compare_suites(base, now, mapped).error().kind, ErrorKind::usage);
  }
}

TEST(AddComparisons, MakesOneTableForPeopleAndMetricsForPrograms) {
  result::Document document;
  add_comparisons(document,
                  pairs(wall(constant(0.01, 30)), wall(constant(0.011, 30)), rules({"wall:+5%"})));
  add_comparisons(document, pairs(faults(constant(0, 30)), faults(constant(5, 30)), rules()));
  ASSERT_EQ(document.tables.size(), 1U);
  const auto& table = document.tables[0];
  ASSERT_EQ(table.rows.size(), 2U);
  const auto cell = [&](std::size_t row, std::string_view name) {
    const auto at = std::ranges::find(table.columns, name, &result::Column::name);
    return table.rows[row][static_cast<std::size_t>(at - table.columns.begin())];
  };
  EXPECT_EQ(table.rows[0].size(), table.columns.size());
  EXPECT_EQ(cell(0, "baseline"), result::Value(std::string("10.0 ms")));
  EXPECT_EQ(cell(0, "now"), result::Value(std::string("11.0 ms")));
  EXPECT_NEAR(std::get<double>(cell(0, "change")), 10, 1e-9);
  EXPECT_NEAR(std::get<double>(cell(0, "margin")), 5, 1e-9);
  EXPECT_EQ(cell(0, "count"), result::Value(std::int64_t{30}));
  EXPECT_EQ(cell(0, "paired"), result::Value(true));
  EXPECT_EQ(cell(0, "verdict"), result::Value(std::string("regression")));
  EXPECT_EQ(cell(0, "outcome"), result::Value(std::string("failed")));
  EXPECT_EQ(cell(1, "outcome"), result::Value(std::string()));
  EXPECT_EQ(std::get<double>(cell(1, "change")), infinity);
  ASSERT_EQ(document.metrics.size(), 6U);
  EXPECT_EQ(document.metrics[0].name, "change");
  EXPECT_NEAR(document.metrics[0].median, 1.1, 1e-12);
  EXPECT_EQ(document.metrics[0].labels.at("benchmark"), "b");
  EXPECT_EQ(document.metrics[2].name, "now");
  EXPECT_EQ(document.metrics[2].unit, "s");
  // Whatever it holds can be written and read again.
  EXPECT_TRUE(result::from_json(result::to_json(document), "again.json"));
}

TEST(CompareWithCopy, ComparesByTheRulesOfAllComparisons) {
  const auto zeros =
      compare_with_copy(faults(constant(0, 8)), faults(constant(0, 8)), stats::Stopping::fixed);
  EXPECT_EQ(zeros.effect.low, 1) << "counts of 0 are equal";
  EXPECT_EQ(zeros.effect.high, 1);
  EXPECT_EQ(zeros.why, "");
  EXPECT_EQ(zeros.metric, "faults");
  EXPECT_TRUE(zeros.paired);
  EXPECT_EQ(zeros.outcome, Outcome::none);
}

TEST(CompareWithCopy, SaysHowMuchAnIntervalNeeds) {
  const auto eight = wall(times(1, 8, 2));
  const auto copy = wall(times(1, 8, 3));
  EXPECT_EQ(compare_with_copy(eight, copy, stats::Stopping::fixed).why, "");
  EXPECT_EQ(compare_with_copy(eight, copy, stats::Stopping::anytime).why,
            "needs at least 15 pairs");
  EXPECT_EQ(compare_with_copy(wall(times(1, 5, 2)), wall(times(1, 5, 3)), std::nullopt).why,
            "needs at least 7 samples of each");
  const auto drifted = compare_with_copy(eight, wall(times(2, 8, 3)), std::nullopt);
  EXPECT_FALSE(drifted.paired);
  EXPECT_GT(drifted.effect.low, 1);
  EXPECT_EQ(drifted.why, "");
}

TEST(CompareSuites, ACountNeedsSixEqualSamplesASideToDecide) {
  const auto gate = rules({"faults:+1%"});
  const auto few = suites(faults(constant(70, 5)), faults(constant(90, 5)), gate);
  EXPECT_EQ(few[0].outcome, Outcome::not_judged);
  EXPECT_EQ(few[0].why, "needs at least 7 samples of each");
  const auto enough = suites(faults(constant(70, 6)), faults(constant(90, 6)), gate);
  EXPECT_EQ(enough[0].outcome, Outcome::failed);
}

}  // namespace
}  // namespace bytepath::compare
