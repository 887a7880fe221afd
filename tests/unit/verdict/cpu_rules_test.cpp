#include "verdict/cpu_rules.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;

// What the micro-test leaves: offset -> time over the time at the reference offset.
Document micro_tested(const std::map<unsigned, double>& ratios) {
  Document document{.tool = "cpu-probe"};
  document.host.cpu.microarchitecture = "Zen 3";
  for (const auto& [offset, ratio] : ratios) {
    document.metrics.push_back(
        {.name = "copy_ratio",
         .labels = {{"kernel", "rep-movsb"}, {"offset", std::to_string(offset)}},
         .median = ratio,
         .low = ratio,
         .high = ratio,
         .count = 16});
  }
  return document;
}

TEST(CpuVerdict, NamesTheSlowOffsetsAndWhoUsesTheInstruction) {
  auto document = micro_tested({{1, 26}, {31, 25}, {63, 1.1}});
  document.parameters = {{"libc.rep_movsb_first", Value(std::int64_t{2113})},
                         {"libc.rep_movsb_last", Value(std::int64_t{524287})},
                         {"kernel.copy", Value(std::string("fsrm-inline"))},
                         {"kernel.copy_evidence", Value(std::string("text"))}};
  judge(document);
  EXPECT_EQ(document.verdict.state, "affected");
  EXPECT_NE(document.verdict.text.find("is 1..31; used by memcpy of 2113 to 524287 bytes"),
            std::string::npos)
      << document.verdict.text;
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_EQ(document.findings[0].evidence.at("d_last"), Value(std::int64_t{31}));
  EXPECT_FALSE(document.findings[0].remedies.empty());
}

TEST(CpuVerdict, FastEverywhereMildAndNotMeasured) {
  auto fast = micro_tested({{1, 1.1}, {8, 1.9}});
  judge(fast);
  EXPECT_EQ(fast.verdict.state, "not-affected");
  EXPECT_TRUE(fast.findings.empty());
  auto mild = micro_tested({{8, 3}});
  judge(mild);
  EXPECT_EQ(mild.verdict.state, "mildly-affected");
  Document unmeasured{.tool = "cpu-probe"};
  judge(unmeasured);
  EXPECT_EQ(unmeasured.verdict.state, "not-known");
}

}  // namespace
}  // namespace bytepath::verdict
