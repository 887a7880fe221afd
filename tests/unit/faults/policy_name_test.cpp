#include "faults/policy_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::faults {
namespace {

TEST(PolicyNames, AreReadBackAndLeaveExactOut) {
  const auto names = policy_names();
  EXPECT_EQ(names.size(), 7U);
  EXPECT_EQ(names.front(), "as-is");
  for (const auto& name : names) {
    const auto policy = policy_named(name);
    ASSERT_TRUE(policy) << name;
    EXPECT_EQ(name, intercept::name(*policy));
  }
  EXPECT_FALSE(policy_named("exact"));
  EXPECT_FALSE(policy_named(""));
}

}  // namespace
}  // namespace bytepath::faults
