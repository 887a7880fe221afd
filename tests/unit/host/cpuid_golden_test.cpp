#include <gtest/gtest.h>

#include <cstdlib>

#include "host/cpuid_decode.h"
#include "host/cpuid_text.h"
#include "unit/host/saved_dumps.h"

namespace bytepath::host {
namespace {

class CpuidGolden : public testing::TestWithParam<std::string> {};

TEST_P(CpuidGolden, decodes_to_the_saved_text) {
  const auto dump = saved_dump(GetParam());
  ASSERT_TRUE(dump) << dump.error().message;
  const std::string text = to_text(decode(*dump));
  const std::string path = BYTEPATH_GOLDEN "/cpuid/" + GetParam() + ".txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file(path, text));
    GTEST_SKIP() << "wrote " << path;
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden) << golden.error().message << "; UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(text, *golden);
}

TEST_P(CpuidGolden, survives_a_round_trip_through_the_raw_form) {
  const auto dump = saved_dump(GetParam());
  ASSERT_TRUE(dump) << dump.error().message;
  const auto again = parse_dump(format_dump(*dump), "again");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, *dump);
}

INSTANTIATE_TEST_SUITE_P(Saved, CpuidGolden, testing::ValuesIn(saved_dump_names()), test_name);

}  // namespace
}  // namespace bytepath::host
