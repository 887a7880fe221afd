#include "faults/toucher_run.h"

#include <gtest/gtest.h>

namespace bytepath::faults {
namespace {

TEST(ToucherAnswer, IsReadAsItIsPrinted) {
  const auto answer = parse_toucher_answer("touches 207 first_ns 421 second_ns 21\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->touches, 207U);
  EXPECT_EQ(answer->first_ns, 421U);
  EXPECT_EQ(answer->second_ns, 21U);
}

TEST(ToucherAnswer, ThatIsCutOrOfSomethingElseIsNone) {
  for (const char* text :
       {"", "touches 207", "touches 207 first_ns 421 second_ns",
        "touches x first_ns 421 second_ns 21", "touches 207 second_ns 421 first_ns 21",
        "touches 207 first_ns 421 second_ns 21 more"}) {
    EXPECT_FALSE(parse_toucher_answer(text)) << text;
  }
}

}  // namespace
}  // namespace bytepath::faults
