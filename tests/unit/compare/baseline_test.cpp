#include "compare/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace bytepath::compare {
namespace {

using testing::HasSubstr;

std::string content(int seconds) {
  return fmt::format(R"({{"results": [{{"command": "x", "times": [{}]}}]}})", seconds);
}

class Baseline : public testing::Test {
 protected:
  Baseline() {
    now_.tool = "run-probe";
    now_.started = "2026-11-03T01:00:00+01:00";
    now_.host.machine_hash = "feed";
  }

  void file(int seconds, const std::string& time, const std::string& machine = "feed",
            const std::string& suite = "run-probe", const std::string& branch = "main") {
    const auto filed = store(folder_.path(), content(seconds),
                             {.path = {},
                              .branch = branch,
                              .machine = machine,
                              .suite = suite,
                              .time = time,
                              .commit = "c"});
    ASSERT_TRUE(filed) << filed.error().message;
  }

  Result<Suite> find(const std::string& branch = "main", const std::string& suite = "") {
    return find_baseline(folder_.path(), branch, suite, now_, content(9));
  }
  // Its time, or 0.
  double found(const std::string& branch = "main", const std::string& suite = "") {
    const auto baseline = find(branch, suite);
    return baseline ? baseline->benchmarks.at(0).metrics.at(0).median : 0;
  }

  test::TemporaryFolder folder_;
  Suite now_;
};

TEST_F(Baseline, IsTheNewestOfItsBranchMachineAndSuite) {
  file(1, "20261101T000000Z");
  file(2, "20261102T000000Z");
  file(3, "20261102T000001Z", "beef");
  file(4, "20261102T000002Z", "feed", "hyperfine");
  file(5, "20261102T000003Z", "feed", "run-probe", "other");
  EXPECT_EQ(found(), 2);
  EXPECT_EQ(found(""), 5) << "of any branch";
  EXPECT_EQ(found("main", "hyperfine"), 4);
}

TEST_F(Baseline, ARunWithoutAMachineIsFiledAndFoundAsUnknown) {
  file(1, "20261101T000000Z", "unknown");
  file(2, "20261102T000000Z");
  now_.host.machine_hash.clear();
  EXPECT_EQ(found(), 1);
}

TEST_F(Baseline, IsNeverTheRunItself) {
  file(1, "20261101T000000Z");
  file(2, "20261103T000000Z");  // began in the same second, which has another offset
  file(9, "20261104T000000Z");  // the same bytes
  EXPECT_EQ(found(), 1);
}

TEST_F(Baseline, SaysWhetherThereIsNoneOrOnlyTheRunItself) {
  file(2, "20261103T000000Z");
  const auto only_itself = find();
  ASSERT_FALSE(only_itself);
  EXPECT_EQ(only_itself.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(only_itself.error().message, HasSubstr("the only run of branch 'main'"));
  const auto none = find("other");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(none.error().message, HasSubstr("no run of branch 'other'"));
}

}  // namespace
}  // namespace bytepath::compare
