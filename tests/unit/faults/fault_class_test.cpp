#include "faults/fault_class.h"

#include <gtest/gtest.h>

namespace bytepath::faults {
namespace {

constexpr bool knows_causes = true;
constexpr bool only_major = false;

TEST(FaultClass, IsWhatHappenedMostCostly) {
  bytepath_fault fault{};
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::unknown), FaultClass::cache_hit);
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::cached_before_run), FaultClass::cache_hit);
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::came_during_run), FaultClass::readahead_hit);
  fault.switches = 1;
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::came_during_run), FaultClass::readahead_wait);
  // A page that was there already, or of which nothing is known, is not what it slept for.
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::cached_before_run), FaultClass::other_wait);
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::unknown), FaultClass::other_wait);
  fault.pages_added = 8;
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::came_during_run), FaultClass::disk_read);
  fault.fuse_requests = 1;
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::came_during_run), FaultClass::fuse_request);
}

TEST(FaultClass, MajorIsNoCauseWhereTheCauseIsKnown) {
  bytepath_fault fault{};
  fault.major = 1;
  fault.switches = 1;
  EXPECT_EQ(classify(fault, knows_causes, PageBefore::came_during_run), FaultClass::readahead_wait);
  EXPECT_EQ(classify(fault, only_major, PageBefore::unknown), FaultClass::major);
}

TEST(FaultClass, WithoutCausesTellsOnlyWhatItKnows) {
  bytepath_fault fault{};
  EXPECT_EQ(classify(fault, only_major, PageBefore::unknown), FaultClass::minor);
  EXPECT_EQ(classify(fault, only_major, PageBefore::cached_before_run), FaultClass::cache_hit);
  EXPECT_EQ(classify(fault, only_major, PageBefore::came_during_run), FaultClass::readahead_hit);
  fault.switches = 2;
  EXPECT_EQ(classify(fault, only_major, PageBefore::unknown), FaultClass::other_wait);
  EXPECT_EQ(classify(fault, only_major, PageBefore::came_during_run), FaultClass::readahead_wait);
}

TEST(FaultClass, HasANameEach) {
  for (const auto each : all_fault_classes) {
    EXPECT_FALSE(name(each).empty());
    for (const auto other : all_fault_classes) {
      EXPECT_EQ(name(each) == name(other), each == other);
    }
  }
}

TEST(ClassTotals, AddUp) {
  ClassTotals one;
  one.add(FaultClass::disk_read, 100);
  one.add(FaultClass::cache_hit, 1);
  ClassTotals both = one;
  both.add(one);
  EXPECT_EQ(both.all_faults(), 4U);
  EXPECT_EQ(both.all_ns(), 202U);
  EXPECT_EQ(both.ns[static_cast<std::size_t>(FaultClass::disk_read)], 200U);
}

}  // namespace
}  // namespace bytepath::faults
