#include "trace/copy_sample.h"

#include <gtest/gtest.h>

namespace bytepath::trace {
namespace {

TEST(CopyElement, IsToldByTheFirstBytesOfTheInstruction) {
  EXPECT_EQ(bytepath_copy_element(0x9090a4f3), 1);  // f3 a4
  EXPECT_EQ(bytepath_copy_element(0xc3a548f3), 8);  // f3 48 a5
  EXPECT_EQ(bytepath_copy_element(0x9090a5f3), 4);  // f3 a5
  EXPECT_EQ(bytepath_copy_element(0x90a566f3), 2);  // f3 66 a5
  EXPECT_EQ(bytepath_copy_element(0x90a5f366), 2);  // 66 f3 a5
  EXPECT_EQ(bytepath_copy_element(0x9090aaf3), 0);  // f3 aa: rep stosb
  EXPECT_EQ(bytepath_copy_element(0x909090a4), 0);  // a4: movsb without rep
  EXPECT_EQ(bytepath_copy_element(0xfa1e0ff3), 0);  // f3 0f 1e fa: endbr64
  EXPECT_EQ(bytepath_copy_element(0), 0);
}

TEST(CopyOffset, IsExactNearZeroAndRoundedDownBeyond) {
  EXPECT_EQ(bytepath_copy_offset(0x5008, 0x5000), 8U);
  EXPECT_EQ(bytepath_copy_offset(0x5000, 0x5000), 0U);
  EXPECT_EQ(bytepath_copy_offset(0x907f, 0x5000), 127U);
  EXPECT_EQ(bytepath_copy_offset(0x50ff, 0x5000), 128U);
  EXPECT_EQ(bytepath_copy_offset(0x5000, 0x5001), 3968U);  // 4095
  EXPECT_EQ(bytepath_copy_offset(16, 0xffffffffffffffffU), 17U);
}

}  // namespace
}  // namespace bytepath::trace
