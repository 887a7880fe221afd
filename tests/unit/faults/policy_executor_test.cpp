#include "faults/policy_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace bytepath::faults {
namespace {

using testing::HasSubstr;

intercept::Outcome ended_with(int wait_status) {
  intercept::Outcome outcome;
  outcome.status = wait_status;
  return outcome;
}

TEST(CheckCache, AllowsAHundredthInTheOtherState) {
  EXPECT_TRUE(check_cache("f", 1000, 10, CacheBefore::cold));
  EXPECT_TRUE(check_cache("f", 1000, 990, CacheBefore::warm));
  const auto cold = check_cache("f", 1000, 11, CacheBefore::cold);
  ASSERT_FALSE(cold);
  EXPECT_THAT(cold.error().message, HasSubstr("11 of 1000 pages stayed in the page cache"));
  const auto warm = check_cache("f", 1000, 989, CacheBefore::warm);
  ASSERT_FALSE(warm);
  EXPECT_THAT(warm.error().message, HasSubstr("11 of 1000 pages are not in the page cache"));
}

TEST(CheckEnd, SaysOfWhichCommandWhatAndWhere) {
  const auto failed =
      check_end("a\nb", ended_with(3 << 8), intercept::Policy::populate, CacheBefore::warm, {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::failed);
  EXPECT_THAT(failed.error().message, HasSubstr("ended with status 3 under policy populate, warm"));
  EXPECT_EQ(failed.error().message.find('\n'), std::string::npos);
  EXPECT_THAT(failed.error().hint, HasSubstr("--ignore-failure"));
  const auto killed =
      check_end("x", ended_with(SIGSEGV), intercept::Policy::as_is, CacheBefore::cold, {});
  ASSERT_FALSE(killed);
  EXPECT_THAT(killed.error().message, HasSubstr("was killed by signal 11"));
}

TEST(CheckEnd, AcceptsWhatIsToBeIgnored) {
  const auto accepts = [](int status, const benchmark::FailureRule& rule) {
    return check_end("x", ended_with(status << 8), intercept::Policy::as_is, CacheBefore::warm,
                     rule)
        .has_value();
  };
  EXPECT_TRUE(accepts(0, {}));
  EXPECT_TRUE(accepts(3, {.any = true, .codes = {}}));
  EXPECT_TRUE(accepts(3, {.any = false, .codes = {3}}));
  EXPECT_FALSE(accepts(4, {.any = false, .codes = {3}}));
}

}  // namespace
}  // namespace bytepath::faults
