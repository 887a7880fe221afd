#include <gtest/gtest.h>

#include <limits>

#include "base/units.h"

namespace bytepath {
namespace {

TEST(Quantity, ScalesToTheUnitPeopleRead) {
  EXPECT_EQ(format_quantity(4096, "B"), "4 KiB");
  EXPECT_EQ(format_quantity(2113, "B"), "2113 B");
  EXPECT_EQ(format_quantity(1.5, "B"), "1.50 B");
  EXPECT_EQ(format_quantity(1152.87, "ns"), "1.15 us");
  EXPECT_EQ(format_quantity(3.68e9, "Hz"), "3.68 GHz");
  EXPECT_EQ(format_quantity(95.9e9, "B/s"), "95.9 GB/s");
  EXPECT_EQ(format_quantity(25.31, "ratio"), "25.3x");
  EXPECT_EQ(format_quantity(12, "percent"), "12.0 %");
}

TEST(Quantity, OfAChangeHasItsSignAlwaysAndIsNeverMinusNothing) {
  EXPECT_EQ(format_quantity(5.123, "percent_change"), "+5.12 %");
  EXPECT_EQ(format_quantity(-0.3, "percent_change"), "-0.30 %");
  EXPECT_EQ(format_quantity(1234.5, "percent_change"), "+1234.50 %");
  EXPECT_EQ(format_quantity(0, "percent_change"), "+0.00 %");
  EXPECT_EQ(format_quantity(-0.004, "percent_change"), "+0.00 %");
  EXPECT_EQ(format_quantity(std::numeric_limits<double>::infinity(), "percent_change"), "+inf %");
  EXPECT_EQ(format_quantity(std::numeric_limits<double>::quiet_NaN(), "percent_change"), "n/a");
  EXPECT_EQ(scale_for_people(-0.3, "percent_change").unit, "%");
}

TEST(Quantity, LeavesOtherUnitsAlone) {
  EXPECT_EQ(format_quantity(83.5, "GB/s"), "83.5 GB/s");
  EXPECT_EQ(format_quantity(4096, ""), "4096");
  EXPECT_EQ(format_quantity(0.5, ""), "0.500");
}

TEST(Quantity, HasAWordForWhatIsNoNumber) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(format_quantity(std::numeric_limits<double>::quiet_NaN(), "ns"), "n/a");
  EXPECT_EQ(format_quantity(infinity, "ns"), "inf ns");
  EXPECT_EQ(format_quantity(-infinity, "B"), "-inf B");
  EXPECT_EQ(format_quantity(-1, "B"), "-1.00 B");
  EXPECT_EQ(format_quantity(1e30, "B"), "888178419700125 PiB");
  EXPECT_EQ(format_quantity(1e-300, "ns"), "1e-300 ns");
}

}  // namespace
}  // namespace bytepath
