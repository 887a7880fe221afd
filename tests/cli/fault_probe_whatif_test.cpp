#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fault_probe.h"

// fault-probe whatif: the same command under other mapping policies.
namespace bytepath::test {
namespace {

using Words = std::vector<std::string>;

class FaultProbeWhatIf : public Weights {
 protected:
  result::Document what_if(Words options) const {
    options.insert(options.begin(), {"whatif", "--json", "-", "--pairs", "2"});
    return document_of(fault_probe(with_touching(std::move(options), {"every:3"})));
  }
  static std::vector<std::string> policies_of(const result::Document& report, std::size_t column) {
    std::vector<std::string> names;
    const auto* table = find_table(report, "policies");
    if (table == nullptr) return names;
    for (const auto& row : table->rows) names.push_back(std::get<std::string>(row[column]));
    return names;
  }
};

TEST_F(FaultProbeWhatIf, ComparesAllPolicies) {
  const auto report = what_if({"--cache", "warm"});
  EXPECT_THAT(policies_of(report, 1),
              testing::ElementsAre("as-is", "demand", "populate", "will-need", "random",
                                   "sequential", "no-huge-pages"));
  for (const auto& row : find_table(report, "policies")->rows) {
    EXPECT_EQ(row.front(), result::Value(std::string("warm")));
    EXPECT_GT(number_of(row[2]), 0) << "wall";
    EXPECT_EQ(number_of(row.back()), 2) << "runs";
  }
  EXPECT_TRUE(report.complete);
}

TEST_F(FaultProbeWhatIf, ComparesThoseAskedForColdAndWarm) {
  if (!place_.make_cold()) GTEST_SKIP() << place_.weights() << " does not leave the page cache";
  const auto report = what_if({"--policies", "random"});
  EXPECT_THAT(policies_of(report, 0), testing::ElementsAre("cold", "cold", "warm", "warm"));
  EXPECT_THAT(policies_of(report, 1), testing::ElementsAre("as-is", "random", "as-is", "random"));
  const auto* table = find_table(report, "policies");
  const auto read = [&](std::size_t row) { return number_of(table->rows[row][3]); };
  // Without readahead only what is touched is read, and of a warm file nothing.
  if (traces_by_bpf()) {
    EXPECT_EQ(read(1), 171 * 4096);
    EXPECT_EQ(read(3), 0);
  }
  EXPECT_GT(read(0), read(1));
}

}  // namespace
}  // namespace bytepath::test
