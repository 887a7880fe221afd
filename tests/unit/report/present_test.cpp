#include "report/present.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::report {
namespace {

using result::Document;
using result::Severity;
using testing::ElementsAre;
using testing::SizeIs;

TEST(Present, KnowsTheUnitOfEvidence) {
  EXPECT_EQ(format_evidence({{"d_first", std::int64_t{1}},
                             {"mapped_bytes", std::int64_t{4096}},
                             {"ratio_low", 24.81},
                             {"latency_ns", 1500.0},
                             {"missing", {}}}),
            "d_first 1, latency_ns 1.50 us, mapped_bytes 4 KiB, missing n/a, ratio_low 24.8x");
  EXPECT_EQ(format_evidence({{"chunk", 262144.0}, {"start_time", 129130847.0}}),
            "chunk 256 KiB, start_time 129 ms");
}

TEST(Present, WritesEveryDigitForPrograms) {
  EXPECT_EQ(format_exact(0.1), "0.1");
  EXPECT_EQ(format_exact(result::Value{std::int64_t{-9007199254740993}}), "-9007199254740993");
  EXPECT_EQ(format_exact(result::Value{true}), "true");
  EXPECT_EQ(format_exact(result::Value{}), "");
}

TEST(Present, PutsFindingsFirstAndKeepsTheOrderWithin) {
  const Document document{.findings = {{.id = "n", .severity = Severity::note},
                                       {.id = "f1", .severity = Severity::finding},
                                       {.id = "w", .severity = Severity::warning},
                                       {.id = "f2", .severity = Severity::finding}}};
  std::vector<std::string> ids;
  for (const auto* finding : by_severity(document)) ids.push_back(finding->id);
  EXPECT_THAT(ids, ElementsAre("f1", "f2", "w", "n"));
}

TEST(Present, TonesTheVerdict) {
  Document document{.verdict = {.state = "not-affected"}};
  EXPECT_EQ(tone_of(document), Tone::good);
  document.complete = false;
  EXPECT_EQ(tone_of(document), Tone::caution);
  document = {.verdict = {.state = "not-known"}};
  EXPECT_EQ(tone_of(document), Tone::caution);
  document = {.verdict = {.state = "affected"}, .findings = {{.severity = Severity::finding}}};
  EXPECT_EQ(tone_of(document), Tone::bad);
}

TEST(Present, DrawsSeriesOfOneNameTogether) {
  const Document document{
      .series = {{.name = "sweep", .labels = {{"k", "a"}, {"size", "4 KiB"}}, .title = "Sweep"},
                 {.name = "other", .title = "Other"},
                 {.name = "sweep", .labels = {{"k", "b"}, {"size", "4 KiB"}}, .title = "Sweep"},
                 {.name = "raw"}}};
  const auto shown = charts(document, false);
  ASSERT_THAT(shown, SizeIs(2));
  EXPECT_EQ(shown[0].title, "Sweep (size 4 KiB)");
  EXPECT_THAT(shown[0].names, ElementsAre("a", "b"));
  EXPECT_THAT(shown[1].names, ElementsAre("other"));
  EXPECT_THAT(charts(document, true), SizeIs(3));
}

TEST(Present, NamesTheHostInOneLine) {
  const result::Host host{.cpu = {.vendor = "AuthenticAMD", .microarchitecture = "Zen 4"},
                          .kernel = "6.18.44",
                          .libc = "glibc 2.36"};
  EXPECT_EQ(host_line(host), "AuthenticAMD | Zen 4 | Linux 6.18.44 | glibc 2.36 | no hypervisor");
  EXPECT_EQ(host_line({}), "") << "a list of stored runs is about no host";
}

}  // namespace
}  // namespace bytepath::report
