#include "verdict/run_conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;
using testing::HasSubstr;

result::Metric metric(const std::string& name, std::vector<double> samples, double median,
                      const std::string& number = "1") {
  return {.name = name,
          .labels = {{"benchmark", "xz"}, {"number", number}},
          .unit = "s",
          .median = median,
          .count = samples.size(),
          .samples = std::move(samples)};
}

// The finding of this id in the judged document; empty id when there is none.
result::Finding found(Document document, const std::string& id) {
  document.tool = "run-probe";
  judge(document);
  for (const auto& finding : document.findings) {
    if (finding.id == id) return finding;
  }
  return {};
}

Document with(std::vector<result::Metric> metrics) {
  Document document;
  document.metrics = std::move(metrics);
  return document;
}

TEST(RunConditions, OnlyAFirstRunThatReadADiskIsCold) {
  const auto wall = metric("wall", {0.5, 0.1, 0.1, 0.1}, 0.1);
  EXPECT_THAT(found(with({wall, metric("major_faults", {7, 0, 0, 0}, 0)}), "run.cold-start").text,
              HasSubstr("7 major faults"));
  EXPECT_EQ(found(with({wall, metric("bytes_read", {4096, 0, 0, 0}, 0)}), "run.cold-start").id,
            "run.cold-start");
  EXPECT_EQ(found(with({wall, metric("major_faults", {7, 7, 7, 7}, 7)}), "run.cold-start").id, "");
  EXPECT_EQ(found(with({wall, metric("major_faults", {0, 0, 0, 0}, 0)}), "run.cold-start").id, "");
  auto gave_up = with({wall});
  gave_up.parameters["cold.1"] = true;
  EXPECT_THAT(found(gave_up, "run.cold-start").text, HasSubstr("after the warm-up"));
}

TEST(RunConditions, TimesNearThoseOfAnEmptyProgramAreSaid) {
  auto document = with({metric("wall", {0.004}, 0.004)});
  document.parameters["spawn_floor_s"] = 0.001;
  document.parameters["shell"] = std::string("none");
  EXPECT_EQ(found(document, "run.spawn-floor").severity, result::Severity::warning);
  document.parameters["spawn_floor_s"] = 0.0007;
  EXPECT_EQ(found(document, "run.spawn-floor").id, "");
  document.parameters["spawn_floor_s"] = 0.001;
  document.parameters["shell"] = std::string("sh");  // hyperfine's own warning serves there
  EXPECT_EQ(found(document, "run.spawn-floor").id, "");
}

TEST(RunConditions, LittleCpuTimeCannotBeSplit) {
  EXPECT_EQ(found(with({metric("cpu", {0.02}, 0.02)}), "run.cpu-split").id, "run.cpu-split");
  EXPECT_EQ(found(with({metric("cpu", {0.05}, 0.05)}), "run.cpu-split").id, "");
}

TEST(RunConditions, ACounterThatSharedItsPlaceIsSaid) {
  Document document;
  document.parameters["counter_share.cycles"] = 0.5;
  document.parameters["counter_share.instructions"] = 1.0;
  EXPECT_THAT(found(document, "run.multiplexed").text, HasSubstr("cycles counted in only 50 %"));
}

TEST(RunConditions, AHostThatIsBusyOrClocksByLoadIsSaid) {
  Document document;
  document.parameters["cpu_pressure_percent"] = 30.0;
  document.parameters["governor"] = std::string("powersave");
  EXPECT_EQ(found(document, "run.host-noise").id, "run.host-noise");
  EXPECT_EQ(found(document, "run.governor").severity, result::Severity::note);
  document.parameters["cpu_pressure_percent"] = 5.0;
  document.parameters["governor"] = std::string("performance");
  EXPECT_EQ(found(document, "run.host-noise").id, "");
  EXPECT_EQ(found(document, "run.governor").id, "");
}

TEST(RunConditions, ANoiseFloorAboveTheMarginIsSaid) {
  Document document;
  document.parameters["noise_floor_percent"] = 3.0;
  document.parameters["margin_percent"] = 2.0;
  EXPECT_EQ(found(document, "run.noise-floor").id, "run.noise-floor");
  document.parameters["margin_percent"] = 5.0;
  EXPECT_EQ(found(document, "run.noise-floor").id, "");
}

TEST(RunConditions, TwoGroupsOfRunsAreNamed) {
  std::vector<double> samples;
  for (int i = 0; i < 20; ++i) {
    samples.push_back(0.1 + i * 1e-5);
    samples.push_back(0.2 + i * 1e-5);
  }
  EXPECT_THAT(found(with({metric("wall", samples, 0.15)}), "run.two-modes").text,
              HasSubstr("around 100 ms and 200 ms"));
}

TEST(RunConditions, RunsWithoutANumberAreCounted) {
  const double nan = std::nan("");
  EXPECT_THAT(found(with({metric("stdout:x", {1, nan, nan}, 1)}), "run.lost-numbers").text,
              HasSubstr("in 2 of 3 runs"));
  EXPECT_EQ(found(with({metric("stdout:x", {1, 2}, 1)}), "run.lost-numbers").id, "");
}

TEST(RunConditions, RunsThatFailedAreCounted) {
  auto document = with({metric("wall", {1, 1, 1}, 1)});
  EXPECT_EQ(found(document, "run.failed-runs").id, "");
  document.parameters["failed_runs.1"] = std::int64_t{2};
  EXPECT_THAT(found(document, "run.failed-runs").text, HasSubstr("2 of 3 runs of xz failed:"));
  document.parameters["timed_out_runs.1"] = std::int64_t{1};
  EXPECT_THAT(found(document, "run.failed-runs").text, HasSubstr("1 of them by the time limit"));
}

TEST(RunConditions, TwoCommandsOfOneNameAreSaid) {
  EXPECT_THAT(
      found(with({metric("wall", {1}, 1, "1"), metric("wall", {1}, 1, "2")}), "run.same-name").text,
      HasSubstr("commands 1 and 2 are both named xz"));
  EXPECT_EQ(found(with({metric("wall", {1}, 1)}), "run.same-name").id, "");
}

// A saved document may hold anything.
TEST(RunConditions, WrongTypesAreNothing) {
  Document document = with({metric("wall", {}, std::nan("")), metric("cpu", {}, std::nan(""))});
  for (const char* name : {"spawn_floor_s", "shell", "cpu_pressure_percent", "governor",
                           "noise_floor_percent", "margin_percent", "counter_share.x"}) {
    document.parameters[name] = true;
  }
  document.tool = "run-probe";
  judge(document);
  EXPECT_TRUE(document.findings.empty());
}

}  // namespace
}  // namespace bytepath::verdict
