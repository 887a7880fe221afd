#include "compare/timestamp.h"

#include <gtest/gtest.h>

namespace bytepath::compare {
namespace {

// As an entry is named, or "" for what is no timestamp.
std::string utc(std::string_view text) {
  const auto time = parse_timestamp(text);
  return time ? entry_time(*time).value_or("beyond") : "";
}

TEST(ParseTimestamp, GivesUtcWhateverTheOffset) {
  EXPECT_EQ(utc("2026-11-26T03:15:00Z"), "20261126T031500Z");
  EXPECT_EQ(utc("2026-11-26T03:15:00+01:00"), "20261126T021500Z");
  EXPECT_EQ(utc("2026-11-26T03:15:09-05:30"), "20261126T084509Z");
  EXPECT_EQ(utc("2026-01-01T00:15:00+01:00"), "20251231T231500Z");
  EXPECT_EQ(utc("2024-02-28T23:30:00-00:45"), "20240229T001500Z");
  EXPECT_EQ(utc("2026-11-26 03:15:00.999z"), "20261126T031500Z");
}

TEST(ParseTimestamp, RefusesWhatIsNoneOrSaysNotHowFarItIsFromUtc) {
  for (const char* text :
       {"", "2026-11-26", "2026-11-26T03:15:00", "2026-11-26 03:15:00", "20261126T031500Z",
        "2026-13-26T03:15:00Z", "2026-02-29T03:15:00Z", "2026-11-26T24:15:00Z",
        "2026-11-26T03:60:00Z", "2026-11-26T03:15:00+0100", "2026-11-26T03:15:00+25:00",
        "2026-11-26T03:15:00.Z", "2026-11-26T03:15:00Zx", "2026-11-26T03:15:0xZ",
        "-026-11-26T03:15:00Z"})
    EXPECT_EQ(utc(text), "") << text;
}

TEST(ParseTimestamp, AYearThatFourDigitsCannotWriteHasNoName) {
  EXPECT_EQ(utc("9999-12-31T23:30:00-01:00"), "beyond");
  EXPECT_EQ(utc("0000-01-01T00:30:00+01:00"), "beyond");
}

}  // namespace
}  // namespace bytepath::compare
