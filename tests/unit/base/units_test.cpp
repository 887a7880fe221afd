#include "base/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace bytepath {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::uint64_t size_of(std::string_view text) {
  const auto size = parse_size(text);
  EXPECT_TRUE(size) << text;
  return size.value_or(UINT64_MAX);
}

TEST(ParseSize, IsAPowerOf1024WhateverTheSpelling) {
  EXPECT_EQ(size_of("4096"), 4096U);
  EXPECT_EQ(size_of("4096B"), 4096U);
  EXPECT_EQ(size_of("0"), 0U);
  for (const char* text :
       {"64K", "64k", "64KB", "64KiB", "64kib", "64Ki", "64 KiB", " 64K ", "\t64K\n"}) {
    EXPECT_EQ(size_of(text), 65536U) << "'" << text << "'";
  }
  EXPECT_EQ(size_of("4 KiB"), 4096U);
  EXPECT_EQ(size_of("3M"), 3U << 20U);
  EXPECT_EQ(size_of("1GiB"), 1U << 30U);
  EXPECT_EQ(size_of("10TB"), 10ULL << 40U);
  EXPECT_EQ(size_of("2P"), 2ULL << 50U);
  EXPECT_EQ(size_of("1.5K"), 1536U);
  EXPECT_EQ(size_of("0.5G"), 512U << 20U);
}

TEST(ParseSize, RefusesWhatIsNoSizeAndSaysWhatIs) {
  struct Refused {
    const char* text;
    const char* why;
  };
  for (const auto& [text, why] : {Refused{"", "is not a number"},
                                  {" ", "is not a number"},
                                  {"K", "is not a number"},
                                  {"abc", "is not a number"},
                                  {"inf", "is not a number"},
                                  {"nan", "is not a number"},
                                  {"+1", "is not a number"},
                                  {"-1", "is negative"},
                                  {"-0", "is negative"},
                                  {"-64K", "is negative"},
                                  {"12XB", "unknown unit 'XB'"},
                                  {"1e3", "unknown unit 'e3'"},
                                  {"1e400", "unknown unit 'e400'"},
                                  {"0x10", "unknown unit 'x10'"},
                                  {"4KK", "unknown unit 'KK'"},
                                  {"4 KiB x", "unknown unit 'KiB x'"},
                                  {"4096,8192", "unknown unit ',8192'"}}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size) << "'" << text << "'";
    EXPECT_EQ(size.error().kind, ErrorKind::usage);
    EXPECT_THAT(size.error().message, HasSubstr("'" + std::string(text) + "'"));
    EXPECT_THAT(size.error().message, HasSubstr(why)) << text;
    EXPECT_THAT(size.error().hint, HasSubstr("64K"));
  }
}

TEST(ParseSize, StaysBelowTwoToThe63) {
  EXPECT_EQ(size_of("8191P"), 8191ULL << 50U);
  EXPECT_EQ(size_of("9223372036854774784"), 9223372036854774784U);  // the last double below
  for (const std::string text :
       {"8192P", "9223372036854775808", "18446744073709551616", "99999999999999999999999P"}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_THAT(size.error().message, HasSubstr("out of range")) << text;
  }
  EXPECT_FALSE(parse_size(std::string(400, '9')));
}

TEST(ParseDuration, KnowsItsUnits) {
  struct Case {
    const char* text;
    std::chrono::nanoseconds value;
  };
  for (const auto& [text, value] : {Case{"500us", 500us},
                                    {"2ms", 2ms},
                                    {"1s", 1s},
                                    {"1.5s", 1500ms},
                                    {"7", 7s},
                                    {"0.3", 300ms},
                                    {"0", 0s},
                                    {"42ns", 42ns},
                                    {"2m", 2min},
                                    {"1h", 1h},
                                    {" 10 ms ", 10ms}}) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, value) << text;
  }
}

TEST(ParseDuration, RefusesTheRest) {
  for (const char* text :
       {"", "s", "-1s", "1d", "1S", "1 s s", "inf", "nan", "1e9", "300000000000h"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << "'" << text << "'";
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage);
    EXPECT_THAT(parsed.error().message, HasSubstr("'" + std::string(text) + "'"));
    EXPECT_THAT(parsed.error().hint, HasSubstr("2ms"));
  }
}

TEST(FormatSize, KeepsEveryByteOfAnEdge) {
  EXPECT_EQ(format_size(0), "0 B");
  EXPECT_EQ(format_size(1023), "1023 B");
  EXPECT_EQ(format_size(4096), "4 KiB");
  EXPECT_EQ(format_size(2113), "2113 B");
  EXPECT_EQ(format_size(524287), "524287 B");
  EXPECT_EQ(format_size(1536), "1.5 KiB");
  EXPECT_EQ(format_size(3ULL << 29U), "1.5 GiB");
  EXPECT_EQ(format_size(1ULL << 50U), "1 PiB");
  EXPECT_EQ(format_size(1ULL << 63U), "8192 PiB");
}

TEST(FormatSize, IsReadBackAsTheSameSize) {
  for (const std::uint64_t size : {1ULL, 2113ULL, 4096ULL, 524287ULL, 1536ULL, 3ULL << 29U}) {
    EXPECT_EQ(size_of(format_size(size)), size);
  }
}

TEST(FormatQuantity, RoundsLargeSizesThatAreNotRound) {
  EXPECT_EQ(format_quantity(2542208, "B"), "2.42 MiB");
  EXPECT_EQ(format_quantity(1341446944, "B"), "1.25 GiB");
  EXPECT_EQ(format_quantity(524287, "B"), "524287 B");
  EXPECT_EQ(format_quantity(1 << 20, "B"), "1 MiB");
  EXPECT_EQ(format_quantity(1.5 * (1 << 30), "B"), "1.5 GiB");
}

TEST(FormatNumber, HasThreeDigitsAndNoExponent) {
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_number(0.01234), "0.0123");
  EXPECT_EQ(format_number(1.234), "1.23");
  EXPECT_EQ(format_number(25.26), "25.3");
  EXPECT_EQ(format_number(-25.26), "-25.3");
  EXPECT_EQ(format_number(123.4), "123");
  EXPECT_EQ(format_number(123456.7), "123457");
  EXPECT_EQ(format_number(std::numeric_limits<double>::quiet_NaN()), "n/a");
  EXPECT_EQ(format_number(std::numeric_limits<double>::infinity()), "inf");
}

TEST(FormatDuration, ScalesUpToSeconds) {
  EXPECT_EQ(format_duration(0), "0 ns");
  EXPECT_EQ(format_duration(12.34), "12.3 ns");
  EXPECT_EQ(format_duration(12'340), "12.3 us");
  EXPECT_EQ(format_duration(5e6), "5.00 ms");
  EXPECT_EQ(format_duration(1e9), "1.00 s");
  EXPECT_EQ(format_duration(3.6e12), "3600 s");
  EXPECT_EQ(format_duration(-2000), "-2.00 us");
}

}  // namespace
}  // namespace bytepath
