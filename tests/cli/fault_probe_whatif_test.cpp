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

TEST_F(FaultProbeWhatIf, OfACommandThatFailsSaysWhereAndHowToGoOn) {
  const auto what_if_of_failing = [&](Words options) {
    options.insert(options.begin(), "whatif");
    options.insert(options.end(),
                   {"--cache", "warm", "--policies", "random", "--pairs", "2", "--json", "-"});
    const auto script = std::string(BYTEPATH_TOUCHER) + " " + place_.weights() + " seq; exit 3";
    return fault_probe(with_command(std::move(options), {"/bin/sh", "-c", script}));
  };
  for (const Words& options : {Words{}, Words{"-i=4,5"}}) {
    const auto outcome = what_if_of_failing(options);
    EXPECT_EQ(outcome.status, 4);
    expect_error_and_hint(outcome.err, {"/bin/sh", "ended with status 3 under policy"});
    EXPECT_THAT(outcome.err, testing::Not(testing::HasSubstr("--show-output")));
  }
  for (const Words& options : {Words{"-i"}, Words{"-i=3"}, Words{"--ignore-failure=2,3"}}) {
    SCOPED_TRACE(options.front());
    const auto report = document_of(what_if_of_failing(options));
    EXPECT_THAT(policies_of(report, 1), testing::ElementsAre("as-is", "random"));
  }
  expect_refused_with_hint(with_touching({"whatif", "-i=x"}), 2, {"--ignore-failure", "'x'"});
}

}  // namespace
}  // namespace bytepath::test
