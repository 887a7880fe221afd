#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "result/document.h"

namespace bytepath::result {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// No field is left at its default, so that one that is forgotten on the way shows.
Document full_document() {
  Document d{.tool = "memcpy-probe", .tool_version = "0.0.7", .started = "2026-11-23T07:00:00Z"};
  d.arguments = {"--quick", "-o", "a b.json"};
  d.complete = false;
  d.host = {.cpu = {.vendor = "AuthenticAMD",
                    .family = 25,
                    .model = 1,
                    .stepping = 2,
                    .brand = "AMD EPYC \"Milan\"",
                    .microarchitecture = "Zen 3",
                    .microcode = "0xa0011d1",
                    .features = {{"erms", true}, {"fsrm", false}}},
            .kernel = "6.18.0",
            .libc = "glibc 2.36",
            .hypervisor = "KVM",
            .machine_hash = "m1",
            .software_hash = "s1"};
  d.parameters = {{"flag", true},
                  {"count", std::int64_t{-5}},
                  {"large", std::int64_t{std::numeric_limits<std::int64_t>::max()}},
                  {"ratio", 2.5},
                  {"whole", 3.0},
                  {"text", std::string("größer \xe2\x82\xac\n\t\"")},
                  {"nothing", std::monostate{}}};
  d.verdict = {.state = "affected", .text = "affected: d is 1..31"};
  d.metrics = {{.name = "copy_ratio",
                .labels = {{"kernel", "rep-movsb"}},
                .unit = "ratio",
                .better = Better::higher,
                .median = 25.25,
                .low = 24,
                .high = 1e300,
                .count = 7,
                .samples = {25, not_a_number, 26},
                .title = "all ratios"}};
  d.series = {{.name = "time_by_offset",
               .labels = {{"size", "4096"}},
               .title = "title",
               .x_label = "x label",
               .x_unit = "B",
               .unit = "ns",
               .x_log = true,
               .y_log = true,
               .points = {{.x = 1, .median = 2, .low = 1.5, .high = not_a_number, .count = 9}},
               .marks = {{.at = 1.5, .text = "where L1 ends"}}}};
  d.heatmaps = {{.name = "map",
                 .labels = {{"kernel", "memcpy"}},
                 .title = "map title",
                 .x_label = "x",
                 .y_label = "y",
                 .unit = "GB/s",
                 .log = true,
                 .x = {1, 2},
                 .y = {3},
                 .y_names = {"row"},
                 .values = {{4, not_a_number}}}};
  stats::Histogram times;
  for (const std::uint64_t value : {7U, 1600U, 1601U, 60'000U}) times.add(value);
  d.histograms = {
      {.name = "latency", .labels = {{"tier", "L1"}}, .unit = "ns", .histogram = times}};
  d.tables = {{.name = "table",
               .title = "table title",
               .columns = {{.name = "a", .unit = "B", .bar = 4096}, {"b", ""}},
               .rows = {{std::int64_t{1}, false}, {std::monostate{}, std::string("cell")}},
               .time_bars = TimeBars{.begin = "a", .length = "a", .lane = "b", .kind = "b"}}};
  d.findings = {{.id = "memcpy.rep-movsb.slow-offset",
                 .severity = Severity::finding,
                 .text = "slow",
                 .evidence = {{"d_first", std::int64_t{1}}, {"ratio", 25.5}},
                 .remedies = {{.text = "helps", .command = "X=1 PROGRAM", .verified = true},
                              {.text = "does not", .command = "Y", .verified = false},
                              {.text = "not tried", .command = "Z"}}}};
  d.not_measured = {{.what = "cycles", .reason = "no PMU", .remedy = "bare metal"}};
  return d;
}

Document read(const std::string& text) {
  auto document = from_json(text, "run.json");
  EXPECT_TRUE(document) << document.error().message;
  return document.value_or(Document{});
}

TEST(Json, KeepsWhatDescribesTheRun) {
  const auto d = read(to_json(full_document()));
  EXPECT_EQ(d.tool, "memcpy-probe");
  EXPECT_EQ(d.tool_version, "0.0.7");
  EXPECT_EQ(d.started, "2026-11-23T07:00:00Z");
  EXPECT_THAT(d.arguments, ElementsAre("--quick", "-o", "a b.json"));
  EXPECT_FALSE(d.complete);
  EXPECT_EQ(d.host.cpu.vendor, "AuthenticAMD");
  EXPECT_EQ(d.host.cpu.family, 25U);
  EXPECT_EQ(d.host.cpu.model, 1U);
  EXPECT_EQ(d.host.cpu.stepping, 2U);
  EXPECT_EQ(d.host.cpu.brand, "AMD EPYC \"Milan\"");
  EXPECT_EQ(d.host.cpu.microarchitecture, "Zen 3");
  EXPECT_EQ(d.host.cpu.microcode, "0xa0011d1");
  EXPECT_EQ(d.host.cpu.features, (std::map<std::string, bool>{{"erms", true}, {"fsrm", false}}));
  EXPECT_EQ(d.host.kernel, "6.18.0");
  EXPECT_EQ(d.host.libc, "glibc 2.36");
  EXPECT_EQ(d.host.hypervisor, "KVM");
  EXPECT_EQ(d.host.machine_hash, "m1");
  EXPECT_EQ(d.host.software_hash, "s1");
  EXPECT_EQ(d.parameters, full_document().parameters);
  EXPECT_EQ(d.verdict.state, "affected");
  EXPECT_EQ(d.verdict.text, "affected: d is 1..31");
}

TEST(Json, KeepsMetricsAndSeries) {
  const auto d = read(to_json(full_document()));
  ASSERT_EQ(d.metrics.size(), 1U);
  const Metric& m = d.metrics.front();
  EXPECT_EQ(m.name, "copy_ratio");
  EXPECT_EQ(m.labels, (Labels{{"kernel", "rep-movsb"}}));
  EXPECT_EQ(m.unit, "ratio");
  EXPECT_EQ(m.better, Better::higher);
  EXPECT_EQ(m.median, 25.25);
  EXPECT_EQ(m.low, 24);
  EXPECT_EQ(m.high, 1e300);
  EXPECT_EQ(m.count, 7U);
  EXPECT_EQ(m.title, "all ratios");
  EXPECT_THAT(m.samples, ElementsAre(25, testing::NanSensitiveDoubleEq(not_a_number), 26));
  ASSERT_EQ(d.series.size(), 1U);
  const Series& s = d.series.front();
  EXPECT_EQ(s.name, "time_by_offset");
  EXPECT_EQ(s.labels, (Labels{{"size", "4096"}}));
  EXPECT_EQ(s.title, "title");
  EXPECT_EQ(s.x_label, "x label");
  EXPECT_EQ(s.x_unit, "B");
  EXPECT_EQ(s.unit, "ns");
  EXPECT_TRUE(s.x_log);
  EXPECT_TRUE(s.y_log);
  ASSERT_EQ(s.points.size(), 1U);
  EXPECT_EQ(s.points[0].x, 1);
  EXPECT_EQ(s.points[0].median, 2);
  EXPECT_EQ(s.points[0].low, 1.5);
  EXPECT_TRUE(std::isnan(s.points[0].high));
  EXPECT_EQ(s.points[0].count, 9U);
  ASSERT_EQ(s.marks.size(), 1U);
  EXPECT_EQ(s.marks[0].at, 1.5);
  EXPECT_EQ(s.marks[0].text, "where L1 ends");
}

TEST(Json, KeepsTheDocumentsThatItIsMadeOf) {
  Document host{.tool = "probe-compare"};
  host.parts = {full_document(), Document{.tool = "cpu-probe"}};
  const auto d = read(to_json(host));
  ASSERT_EQ(d.parts.size(), 2U);
  EXPECT_EQ(to_json(d.parts[0]), to_json(full_document()));
  EXPECT_EQ(d.parts[1].tool, "cpu-probe");
  EXPECT_THAT(to_json(full_document()), Not(HasSubstr("\"parts\"")));
}

TEST(Json, RefusesPartsThatAreNoDocumentsOrHaveParts) {
  Document inner{.tool = "probe-compare"};
  inner.parts = {Document{.tool = "cpu-probe"}};
  Document outer{.tool = "probe-compare"};
  outer.parts = {inner};
  const auto nested = from_json(to_json(outer), "host.json");
  ASSERT_FALSE(nested);
  EXPECT_THAT(nested.error().message, HasSubstr("host.json: a part of it has parts itself"));
  for (const char* parts : {"[1]", "[{}]", "3"}) {
    std::string text = to_json(Document{.tool = "probe-compare"});
    text.insert(text.find('{') + 1, std::string("\"parts\": ") + parts + ",");
    EXPECT_FALSE(from_json(text, "host.json")) << parts;
  }
}

TEST(Json, KeepsHistograms) {
  const auto d = read(to_json(full_document()));
  ASSERT_EQ(d.histograms.size(), 1U);
  const auto& [name, labels, unit, histogram] = d.histograms.front();
  EXPECT_EQ(name + unit, "latencyns");
  EXPECT_EQ(labels, (Labels{{"tier", "L1"}}));
  const auto written = full_document().histograms.front().histogram;
  EXPECT_EQ(histogram.counts(), written.counts());
  EXPECT_EQ(histogram.sum(), 63'208U);
  EXPECT_EQ(histogram.min(), 7U);
  EXPECT_EQ(histogram.max(), 60'000U);
  EXPECT_EQ(histogram.count(), 4U);
}

TEST(Json, KeepsMapsTablesAndFindings) {
  const auto d = read(to_json(full_document()));
  ASSERT_EQ(d.heatmaps.size(), 1U);
  const HeatMap& h = d.heatmaps.front();
  EXPECT_EQ(h.name + h.title + h.x_label + h.y_label + h.unit, "mapmap titlexyGB/s");
  EXPECT_EQ(h.labels, (Labels{{"kernel", "memcpy"}}));
  EXPECT_TRUE(h.log);
  EXPECT_THAT(h.x, ElementsAre(1, 2));
  EXPECT_THAT(h.y, ElementsAre(3));
  EXPECT_THAT(h.y_names, ElementsAre("row"));
  EXPECT_THAT(h.values, ElementsAre(ElementsAre(4, testing::NanSensitiveDoubleEq(not_a_number))));
  ASSERT_EQ(d.tables.size(), 1U);
  const Table& t = d.tables.front();
  EXPECT_EQ(t.name, "table");
  EXPECT_EQ(t.title, "table title");
  ASSERT_EQ(t.columns.size(), 2U);
  EXPECT_EQ(t.columns[0].name, "a");
  EXPECT_EQ(t.columns[0].unit, "B");
  EXPECT_EQ(t.columns[0].bar, 4096);
  EXPECT_EQ(t.columns[1].bar, 0);
  EXPECT_EQ(t.rows, full_document().tables[0].rows);
  ASSERT_TRUE(t.time_bars);
  EXPECT_EQ(t.time_bars->begin, "a");
  EXPECT_EQ(t.time_bars->length, "a");
  EXPECT_EQ(t.time_bars->lane, "b");
  EXPECT_EQ(t.time_bars->kind, "b");
  ASSERT_EQ(d.findings.size(), 1U);
  const Finding& f = d.findings.front();
  EXPECT_EQ(f.id, "memcpy.rep-movsb.slow-offset");
  EXPECT_EQ(f.severity, Severity::finding);
  EXPECT_EQ(f.text, "slow");
  EXPECT_EQ(f.evidence, full_document().findings[0].evidence);
  ASSERT_EQ(f.remedies.size(), 3U);
  EXPECT_EQ(f.remedies[0].text, "helps");
  EXPECT_EQ(f.remedies[0].command, "X=1 PROGRAM");
  EXPECT_EQ(f.remedies[0].verified, true);
  EXPECT_EQ(f.remedies[1].verified, false);
  EXPECT_EQ(f.remedies[2].verified, std::nullopt);
  ASSERT_EQ(d.not_measured.size(), 1U);
  EXPECT_EQ(d.not_measured[0].what, "cycles");
  EXPECT_EQ(d.not_measured[0].reason, "no PMU");
  EXPECT_EQ(d.not_measured[0].remedy, "bare metal");
}

TEST(Json, IsTheSameTextAgain) {
  const std::string text = to_json(full_document());
  EXPECT_EQ(to_json(read(text)), text);
  const std::string empty = to_json({.tool = "x"});
  EXPECT_EQ(to_json(read(empty)), empty);
}

TEST(Json, OfOneLineIsTheSameDocument) {
  auto document = full_document();
  document.verdict.text = "two\nlines";
  const std::string line = to_json_line(document);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(to_json(read(line)), to_json(document));
}

TEST(Json, NamesItsSchema) {
  const auto text = to_json({.tool = "x"});
  EXPECT_THAT(text, HasSubstr("\"schema\": \"bytepath.result\""));
  EXPECT_THAT(text, HasSubstr("\"schema_version\": \"1.2\""));
  EXPECT_THAT(text, testing::EndsWith("}\n"));
}

TEST(Json, WhatIsNoNumberIsNull) {
  Document d{.tool = "x"};
  d.parameters = {{"nan", not_a_number}, {"infinite", std::numeric_limits<double>::infinity()}};
  d.metrics = {{.name = "m", .median = -std::numeric_limits<double>::infinity()}};
  const auto back = read(to_json(d));
  EXPECT_EQ(back.parameters.at("nan"), Value{});
  EXPECT_EQ(back.parameters.at("infinite"), Value{});
  EXPECT_TRUE(std::isnan(back.metrics[0].median));
}

TEST(Json, BytesThatAreNoUtf8LoseOnlyThemselves) {
  Document d{.tool = "x"};
  d.parameters = {{"file", std::string("a\xff"
                                       "b\xc3")}};
  EXPECT_EQ(read(to_json(d)).parameters.at("file"), Value(std::string("a\xef\xbf\xbd"
                                                                      "b\xef\xbf\xbd")));
}

TEST(Json, SamplesAreBounded) {
  Document d{.tool = "x"};
  d.metrics = {{.name = "m", .samples = std::vector<double>(max_samples + 1, 1.0)}};
  EXPECT_EQ(read(to_json(d)).metrics[0].samples.size(), max_samples);
}

TEST(Json, NumbersBeyondSignedIntegersStayNumbers) {
  const auto d = read(
      R"({"schema":"bytepath.result","schema_version":"1.0","tool":{"name":"x"},
          "parameters":{"big":18446744073709551615,"bigger":1e30,"list":[1],"object":{}}})");
  EXPECT_EQ(d.parameters.at("big"), Value(18446744073709551615.0));
  EXPECT_EQ(d.parameters.at("bigger"), Value(1e30));
  EXPECT_EQ(d.parameters.at("list"), Value{});
  EXPECT_EQ(d.parameters.at("object"), Value{});
}

std::string with_version(const std::string& version) {
  return R"({"schema":"bytepath.result","schema_version":")" + version +
         R"(","tool":{"name":"x"}})";
}

TEST(Schema, OlderMinorsLackFieldsAndNewerOnesHaveMore) {
  const auto bare = read(with_version("1.0"));
  EXPECT_EQ(bare.tool, "x");
  EXPECT_TRUE(bare.complete);
  EXPECT_TRUE(bare.metrics.empty() && bare.tables.empty() && bare.findings.empty());
  const auto newer = read(
      R"({"schema":"bytepath.result","schema_version":"1.99","tool":{"name":"x","licence":1},
          "weather":[],"findings":[{"id":"a.b","severity":"catastrophe","mood":null}],
          "metrics":[{"name":"m","better":"sideways","median":1,"low":1,"high":1,"count":1}]})");
  ASSERT_EQ(newer.findings.size(), 1U);
  EXPECT_EQ(newer.findings[0].id, "a.b");
  EXPECT_EQ(newer.metrics.size(), 1U);
}

TEST(Schema, NewerMajorIsRefusedWithBothVersions) {
  const auto refused = from_json(with_version("2.3"), "run.json");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(refused.error().message,
            "run.json: schema version 2.3 is newer than this program's 1.2");
  EXPECT_NE(refused.error().hint, "");
}

TEST(Schema, VersionsThatAreNoneAreRefused) {
  for (const char* version : {"", "0.9", "x", "-1", "1x.0", "99999999999999999999.0"}) {
    const auto refused = from_json(with_version(version), "run.json");
    ASSERT_FALSE(refused) << version;
    EXPECT_THAT(refused.error().message, StartsWith("run.json: ")) << version;
  }
}

TEST(Hostile, TextThatIsNoDocumentIsAnErrorThatNamesTheFile) {
  const std::string good = to_json(full_document());
  const std::string deep(100'000, '[');
  const std::string head = R"({"schema":"bytepath.result","schema_version":"1.0",)";
  const std::vector<std::string> texts = {
      "",
      " ",
      "null",
      "[]",
      "7",
      "\"bytepath.result\"",
      "{}",
      std::string("\x7f"
                  "ELF\x02\x01\x00\xff",
                  8),
      std::string(1000, '\0'),
      good + "x",
      good + good,
      good.substr(0, good.size() / 2),
      good.substr(0, good.size() - 3),
      deep,
      head + R"("tool":{"name":"x"},"more":)" + deep,
      R"({"schema":"other.result","schema_version":"1.0","tool":{"name":"x"}})",
      R"({"schema":7,"schema_version":"1.0","tool":{"name":"x"}})",
      R"({"schema":"bytepath.result","schema_version":1.0,"tool":{"name":"x"}})",
      R"({"schema":"bytepath.result","tool":{"name":"x"}})",
      head + R"("tool":{}})",
      head + R"("tool":"memcpy-probe"})",
      head + R"("tool":{"name":null}})",
      head + R"("tool":{"name":"x"},"complete":"yes"})",
      head + R"("tool":{"name":"x"},"arguments":"a"})",
      head + R"("tool":{"name":"x"},"arguments":[1]})",
      head + R"("tool":{"name":"x"},"host":[]})",
      head + R"("tool":{"name":"x"},"host":{"cpu":{"features":{"erms":1}}}})",
      head + R"("tool":{"name":"x"},"metrics":5})",
      head + R"("tool":{"name":"x"},"metrics":[5]})",
      head + R"("tool":{"name":"x"},"metrics":[{"name":"m"}]})",
      head + R"("tool":{"name":"x"},"metrics":[{"name":"m","median":"1","low":1,"high":1}]})",
      head + R"("tool":{"name":"x"},"series":[{"name":"s"}]})",
      head + R"("tool":{"name":"x"},"series":[{"name":"s","points":[{"x":1}]}]})",
      head + R"("tool":{"name":"x"},"series":[{"name":"s","points":[],"labels":{"a":1}}]})",
      head + R"("tool":{"name":"x"},"findings":[{"severity":"note"}]})",
      head + R"("tool":{"name":"x"},"parameters":{"n":1e999}})",
  };
  for (const auto& text : texts) {
    const auto refused = from_json(text, "run.json");
    ASSERT_FALSE(refused) << text.substr(0, 200);
    EXPECT_EQ(refused.error().kind, ErrorKind::usage) << text.substr(0, 200);
    EXPECT_THAT(refused.error().message, StartsWith("run.json: "));
    EXPECT_THAT(refused.error().message, testing::Not(HasSubstr("\n")));
  }
}

TEST(Hostile, DeepNestingIsNamedAsSuch) {
  const auto refused = from_json(std::string(100'000, '[') + std::string(100'000, ']'), "run.json");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "run.json: nested deeper than a bytepath result");
}

TEST(Hostile, CountsThatAreNoCountsAreRefused) {
  for (const char* count : {"-1", "1e300", "1.5", "\"1\"", "true", "null"}) {
    const std::string text =
        R"({"schema":"bytepath.result","schema_version":"1.0","tool":{"name":"x"},
            "metrics":[{"name":"m","median":1,"low":1,"high":1,"count":)" +
        std::string(count) + "}]}";
    EXPECT_FALSE(from_json(text, "run.json")) << count;
  }
}

TEST(Hostile, RowsThatDoNotFitTheirColumnsAreRefused) {
  Document d{.tool = "x"};
  d.tables = {{.name = "t", .columns = {{"a", ""}, {"b", ""}}, .rows = {{1.0}}}};
  const auto refused = from_json(to_json(d), "run.json");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "run.json: table 't' has a row of 1 cells for 2 columns");
}

TEST(Hostile, BarsOfColumnsThatAreNotThereAreRefused) {
  Document d{.tool = "x"};
  d.tables = {{.name = "t",
               .columns = {{"a", ""}, {"b", ""}},
               .time_bars = TimeBars{.begin = "a", .length = "a", .lane = "c", .kind = "b"}}};
  const auto refused = from_json(to_json(d), "run.json");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "run.json: table 't' has no column 'c' for its bars");
}

TEST(Hostile, HistogramsOfOtherBucketsAreRefused) {
  const std::string text = to_json(full_document());
  const auto with = [&](const std::string& old, const std::string& wrong) {
    std::string changed = text;
    changed.replace(changed.find(old), old.size(), wrong);
    return from_json(changed, "run.json");
  };
  EXPECT_TRUE(with("\"sum\": 63208", "\"sum\": 63209"));
  EXPECT_FALSE(with("\"buckets_per_octave\": 64", "\"buckets_per_octave\": 32"));
  EXPECT_FALSE(with("\"sum\": 63208", "\"sum\": -1"));
  EXPECT_FALSE(with("\"buckets\": [", "\"buckets\": [[9999, 1],"));
  EXPECT_FALSE(with("\"buckets\": [", "\"buckets\": [[1],"));
  EXPECT_FALSE(with("\"buckets\": [", "\"buckets\": [[1, 18446744073709551615],"));
}

TEST(Hostile, HeatMapsOfAnotherSizeAreRefused) {
  const std::vector<std::vector<double>> wide = {{1, 2, 3}, {1, 2, 3}};
  const std::vector<std::vector<double>> ragged = {{1, 2}, {1}};
  const std::vector<std::vector<double>> low = {{1, 2}};
  for (const auto& values : {wide, ragged, low}) {
    Document d{.tool = "x"};
    d.heatmaps = {{.name = "h", .x = {1, 2}, .y = {1, 2}, .values = values}};
    const auto refused = from_json(to_json(d), "run.json");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "run.json: heat map 'h' is not 2 x 2");
  }
}

TEST(Hostile, HeatMapsWithAnotherNumberOfRowNamesAreRefused) {
  Document d{.tool = "x"};
  d.heatmaps = {{.name = "h", .x = {1}, .y = {1}, .y_names = {"a", "b"}, .values = {{1}}}};
  EXPECT_FALSE(from_json(to_json(d), "run.json"));
}

}  // namespace
}  // namespace bytepath::result
