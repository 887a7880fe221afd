#include "verdict/copy_trace_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;

struct Place {
  std::int64_t pid = 41;
  std::string command = "blob";
  std::string of = "kernel";
  std::string offsets = "1..15";
  std::int64_t d = 8;
  std::int64_t samples = 400;
  Value slow = true;
  double lost = 0.96;
  double lost_least = 0.8;
};

Document traced(const std::vector<Place>& places, double ratio = 25,
                std::int64_t samples_of_process = 500) {
  Document document{.tool = "memcpy-probe"};
  document.parameters = {{"mode", std::string("trace")}, {"samples", std::int64_t{1500}}};
  document.metrics.push_back({.name = "class_ratio",
                              .labels = {{"kernel", "rep-movsb"}, {"class", "1..15"}},
                              .unit = "ratio",
                              .median = ratio,
                              .low = ratio * 0.98,
                              .high = ratio * 1.02,
                              .count = 9});
  result::Table processes{.name = "processes",
                          .columns = {{"pid", ""}, {"command", ""}, {"samples", ""}}};
  result::Table table{.name = "places",
                      .columns = {{"pid", ""},
                                  {"command", ""},
                                  {"of", ""},
                                  {"place", ""},
                                  {"instruction", ""},
                                  {"class", ""},
                                  {"d", ""},
                                  {"samples", ""},
                                  {"slow", ""},
                                  {"lost", "s/s"},
                                  {"lost_least", "s/s"}}};
  double samples = 0;
  double lost = 0;
  double lost_least = 0;
  for (const Place& each : places) {
    processes.rows.push_back({each.pid, each.command, samples_of_process});
    table.rows.push_back({each.pid, each.command, each.of, std::string("[kernel]: _copy_to_iter"),
                          std::string("rep movsb"), each.offsets, each.d, each.samples, each.slow,
                          each.lost, each.lost_least});
    samples += static_cast<double>(each.samples);
    lost += each.lost;
    lost_least += each.lost_least;
  }
  for (const auto& [name, value] : {std::pair{"rep_movs_samples", samples},
                                    {"slow_samples", samples},
                                    {"lost", lost},
                                    {"lost_least", lost_least}})
    document.metrics.push_back({.name = name, .median = value, .count = 1});
  document.tables = {processes, table};
  return document;
}

const result::Finding* finding(const Document& document, const std::string& id) {
  const auto found = std::ranges::find(document.findings, id, &result::Finding::id);
  return found == document.findings.end() ? nullptr : &*found;
}

TEST(SlowCopies, AreAFindingWithItsEvidenceAndRemedy) {
  Document document = traced({Place{}});
  judge(document);
  EXPECT_EQ(document.verdict.state, "losing");
  EXPECT_TRUE(document.verdict.text.starts_with("0.800 to 0.960 s of CPU time lost a second"))
      << document.verdict.text;
  const auto* found = finding(document, "memcpy.trace.slow-copies");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->severity, result::Severity::finding);
  EXPECT_TRUE(found->text.starts_with("blob (41) loses")) << found->text;
  EXPECT_EQ(found->evidence.at("d_first"), Value(std::int64_t{1}));
  EXPECT_EQ(found->evidence.at("d_last"), Value(std::int64_t{15}));
  EXPECT_EQ(found->evidence.at("share"), Value(80.0));
  ASSERT_FALSE(found->remedies.empty());
  EXPECT_TRUE(found->remedies[0].text.contains("(buffer - file offset)"));
}

TEST(SlowCopies, HaveTheRemedyOfWhoseCodeItIs) {
  Document libc = traced({Place{.of = "C library"}});
  judge(libc);
  EXPECT_TRUE(finding(libc, "memcpy.trace.slow-copies")
                  ->remedies.at(0)
                  .command.contains("glibc.cpu.x86_rep_movsb_threshold"));
  Document program = traced({Place{.of = "program"}});
  judge(program);
  EXPECT_TRUE(finding(program, "memcpy.trace.slow-copies")->remedies.at(1).command.contains("gcc"));
}

TEST(SlowCopies, OfAProcessAreAddedUpByWhoseCodeItIs) {
  Document document = traced({Place{.samples = 100, .lost = 0.2}, Place{.samples = 50, .lost = 0.1},
                              Place{.of = "C library", .samples = 50, .lost = 0.1}});
  judge(document);
  EXPECT_EQ(std::ranges::count(document.findings, "memcpy.trace.slow-copies", &result::Finding::id),
            2);
  EXPECT_EQ(document.findings[0].evidence.at("samples"), Value(150.0));
}

TEST(SlowCopies, OfAFewSamplesOrAThousandthAreNone) {
  Document few = traced({Place{.samples = 9}}, 25, 10);
  judge(few);
  EXPECT_EQ(finding(few, "memcpy.trace.slow-copies"), nullptr);
  EXPECT_EQ(few.verdict.state, "not-losing");
  Document small = traced({Place{.samples = 10}}, 25, 10'000);
  judge(small);
  EXPECT_EQ(finding(small, "memcpy.trace.slow-copies"), nullptr);
  Document some = traced({Place{.samples = 30}}, 25, 1000);
  judge(some);
  ASSERT_NE(finding(some, "memcpy.trace.slow-copies"), nullptr);
  EXPECT_EQ(finding(some, "memcpy.trace.slow-copies")->severity, result::Severity::note);
}

TEST(SlowCopies, AreNoneOnAHostThatIsNotAffected) {
  Document document = traced({Place{.slow = false, .lost = 0, .lost_least = 0}}, 1.02);
  judge(document);
  EXPECT_EQ(document.verdict.state, "not-affected");
  EXPECT_TRUE(document.findings.empty());
}

TEST(SlowCopies, AreNotKnownWhereNothingWasMeasured) {
  Document document = traced({Place{.slow = Value{}}});
  std::erase_if(document.metrics,
                [](const result::Metric& metric) { return metric.name == "class_ratio"; });
  judge(document);
  EXPECT_EQ(document.verdict.state, "not-known");
}

TEST(CopyTrace, SaysWhenNothingRan) {
  Document document = traced({});
  document.parameters["samples"] = std::int64_t{0};
  judge(document);
  EXPECT_EQ(document.verdict.state, "nothing-sampled");
  EXPECT_NE(finding(document, "memcpy.trace.few-samples"), nullptr);
}

TEST(CopyTrace, WarnsOfWhatWasLostAndOfAFailedCommand) {
  Document document = traced({Place{}});
  document.parameters["dropped_samples"] = std::int64_t{3};
  document.parameters["exit_code"] = std::int64_t{137};
  judge(document);
  EXPECT_NE(finding(document, "memcpy.trace.lost-samples"), nullptr);
  EXPECT_NE(finding(document, "memcpy.trace.command-failed"), nullptr);
  document.parameters["ended_by_duration"] = true;
  judge(document);
  EXPECT_EQ(finding(document, "memcpy.trace.command-failed"), nullptr);
}

TEST(CopyTrace, HoldsWhateverASavedDocumentSays) {
  Document document = traced({Place{}});
  for (auto& table : document.tables)
    for (auto& row : table.rows)
      for (auto& value : row) value = std::string("4097..\x1b[31m99999999999999999999");
  document.metrics[1].median = -5;
  judge(document);
  EXPECT_FALSE(document.verdict.text.empty());
  document.tables[0].columns.clear();
  document.tables[1].columns.clear();
  judge(document);
}

TEST(CopyScan, CountsByWhoseCodeItIs) {
  Document document{.tool = "memcpy-probe"};
  document.parameters = {{"mode", std::string("scan")}, {"files", std::int64_t{3}}};
  document.tables.push_back({.name = "rep_movs",
                             .columns = {{"file", ""}, {"of", ""}},
                             .rows = {{std::string("/a"), std::string("program")},
                                      {std::string("/b"), std::string("C library")},
                                      {std::string("/b"), std::string("C library")}}});
  judge(document);
  EXPECT_EQ(document.verdict.text,
            "3 rep movs in 2 of 3 files: 2 of the C library, 1 of the program");
  document.tables.clear();
  judge(document);
  EXPECT_EQ(document.verdict.text, "no rep movs in 3 files");
}

}  // namespace
}  // namespace bytepath::verdict
