#include "host/pressure.h"

#include <gtest/gtest.h>

namespace bytepath::host {
namespace {

TEST(CpuPressure, IsTheTotalOfSome) {
  EXPECT_EQ(parse_pressure("some avg10=0.00 avg60=0.12 avg300=0.34 total=123456\n"
                           "full avg10=0.00 avg60=0.00 avg300=0.00 total=99\n"),
            123456U);
}

TEST(CpuPressure, IsNothingWhereItCannotBeRead) {
  EXPECT_FALSE(parse_pressure(""));
  EXPECT_FALSE(parse_pressure("full total=7\n"));
  EXPECT_FALSE(parse_pressure("some avg10=0.00 total=x\n"));
  EXPECT_FALSE(parse_pressure("some avg10=0.00\n"));
  EXPECT_FALSE(read_cpu_pressure(Root{"/nonexistent"}));
  EXPECT_FALSE(read_memory_pressure(Root{"/nonexistent"}));
}

}  // namespace
}  // namespace bytepath::host
