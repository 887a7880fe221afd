#include "intercept/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <set>
#include <string>

namespace bytepath::intercept {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Of a file that is open for reading, or for writing.
MapPlan plan_of(Policy policy, std::uint64_t flags, std::optional<bool> writable_file = false) {
  return plan_map(policy,
                  {.protection = PROT_READ, .flags = flags, .writable_file = writable_file});
}

constexpr std::uint64_t loud = MAP_SHARED | MAP_POPULATE | MAP_NONBLOCK | MAP_LOCKED;

TEST(Policy, AsIsChangesNothing) {
  const MapPlan plan = plan_of(Policy::as_is, loud, true);
  EXPECT_EQ(plan.flags, loud);
  EXPECT_THAT(plan.advice, IsEmpty());
  EXPECT_FALSE(plan.lock_on_fault);
  EXPECT_FALSE(plan.one_fault_a_page);
  EXPECT_FALSE(overrides_advice(Policy::as_is));
  EXPECT_FALSE(locks_on_fault(Policy::as_is));
}

TEST(Policy, DemandPopulatesNothing) {
  const MapPlan plan = plan_of(Policy::demand, loud | MAP_FIXED);
  EXPECT_EQ(plan.flags, std::uint64_t{MAP_SHARED | MAP_FIXED});
  EXPECT_THAT(plan.advice, IsEmpty());
  EXPECT_TRUE(plan.lock_on_fault) << "it was to be locked";
  EXPECT_FALSE(plan_of(Policy::demand, MAP_SHARED).lock_on_fault);
}

TEST(Policy, PopulateIsMadeToHaveAnEffect) {
  EXPECT_EQ(plan_of(Policy::populate, MAP_SHARED | MAP_NONBLOCK).flags,
            std::uint64_t{MAP_SHARED | MAP_POPULATE});
  EXPECT_FALSE(locks_on_fault(Policy::populate));
}

TEST(Policy, EachAdviceIsDemandAndThat) {
  const std::uint64_t demand = plan_of(Policy::demand, loud).flags;
  const auto advice_of = [&](Policy policy) {
    const MapPlan plan = plan_of(policy, loud);
    EXPECT_EQ(plan.flags, demand) << name(policy);
    EXPECT_FALSE(plan.one_fault_a_page) << name(policy);
    EXPECT_TRUE(overrides_advice(policy)) << name(policy);
    EXPECT_TRUE(locks_on_fault(policy)) << name(policy);
    return plan.advice;
  };
  EXPECT_THAT(advice_of(Policy::will_need), ElementsAre(MADV_WILLNEED));
  EXPECT_THAT(advice_of(Policy::random), ElementsAre(MADV_RANDOM));
  EXPECT_THAT(advice_of(Policy::sequential), ElementsAre(MADV_SEQUENTIAL));
  EXPECT_THAT(advice_of(Policy::no_huge_pages), ElementsAre(MADV_NOHUGEPAGE));
}

TEST(Policy, ExactMakesAReadOnlySharedMappingPrivate) {
  for (const int flags : {MAP_SHARED, MAP_SHARED_VALIDATE, MAP_PRIVATE}) {
    const auto type = static_cast<std::uint64_t>(flags);
    const MapPlan plan = plan_of(Policy::exact, type | MAP_POPULATE | MAP_NORESERVE);
    EXPECT_EQ(plan.flags, std::uint64_t{MAP_PRIVATE | MAP_NORESERVE});
    EXPECT_THAT(plan.advice, ElementsAre(MADV_NOHUGEPAGE));
    EXPECT_TRUE(plan.one_fault_a_page);
  }
}

TEST(Policy, ExactLeavesASharedMappingSharedThatCanBeWrittenTo) {
  EXPECT_EQ(plan_of(Policy::exact, MAP_SHARED, true).flags, std::uint64_t{MAP_SHARED});
  EXPECT_EQ(plan_of(Policy::exact, MAP_PRIVATE, true).flags, std::uint64_t{MAP_PRIVATE});
  EXPECT_TRUE(plan_of(Policy::exact, MAP_SHARED, true).one_fault_a_page);
  EXPECT_EQ(plan_of(Policy::exact, MAP_SHARED, std::nullopt).flags, std::uint64_t{MAP_SHARED})
      << "what is written must reach the file";
}

TEST(Policy, ExactLeavesAMappingSharedThatIsToBeRefused) {
  const MapCall writing{
      .protection = PROT_READ | PROT_WRITE, .flags = MAP_SHARED, .writable_file = false};
  EXPECT_EQ(plan_map(Policy::exact, writing).flags, std::uint64_t{MAP_SHARED});
  for (const std::uint64_t unknown :
       {std::uint64_t{MAP_SYNC}, std::uint64_t{MAP_FIXED_NOREPLACE}, std::uint64_t{1} << 21U}) {
    EXPECT_EQ(plan_of(Policy::exact, MAP_SHARED_VALIDATE | unknown).flags,
              MAP_SHARED_VALIDATE | unknown);
    EXPECT_EQ(plan_of(Policy::exact, MAP_SHARED | unknown).flags, MAP_PRIVATE | unknown)
        << "ignored, as ever";
  }
}

TEST(Policy, AdviceEitherBringsInOrTakesAway) {
  for (const int advice : memory_advice()) EXPECT_FALSE(drops_pages(advice)) << advice;
  for (const int advice : dropping_advice()) EXPECT_TRUE(drops_pages(advice)) << advice;
  EXPECT_FALSE(drops_pages(MADV_FREE));  // of anonymous memory only
}

TEST(Policy, FewAdviceMayConcernAnotherProcess) {
  EXPECT_TRUE(is_for_others(MADV_WILLNEED));
  EXPECT_FALSE(is_for_others(MADV_POPULATE_READ));
  EXPECT_FALSE(is_for_others(MADV_RANDOM));
}

TEST(Policy, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const Policy policy :
       {Policy::as_is, Policy::exact, Policy::demand, Policy::populate, Policy::will_need,
        Policy::random, Policy::sequential, Policy::no_huge_pages}) {
    names.insert(name(policy));
  }
  EXPECT_EQ(names.size(), 8U);
  EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace bytepath::intercept
