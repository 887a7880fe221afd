#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(InOneLine, HasASpaceForEachControlCharacter) {
  EXPECT_EQ(in_one_line("a\nb\x1b[1m\x7f"), "a b [1m ");
  EXPECT_EQ(in_one_line("plain"), "plain");
}

TEST(Trim, TakesWhiteSpaceOffBothEndsOnly) {
  EXPECT_EQ(trim("  a b\t\r\n\v\f"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \n\t "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, KeepsEmptyPieces) {
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(split(",a,", ','), ElementsAre("", "a", ""));
  EXPECT_THAT(split(",", ','), ElementsAre("", ""));
  EXPECT_THAT(split("abc", ','), ElementsAre("abc"));
  EXPECT_THAT(split("", ','), IsEmpty());
}

TEST(Words, SkipRunsOfWhiteSpace) {
  EXPECT_THAT(words("  flags\t: fpu  erms\r\n"), ElementsAre("flags", ":", "fpu", "erms"));
  EXPECT_THAT(words("one"), ElementsAre("one"));
  EXPECT_THAT(words(" \n "), IsEmpty());
  EXPECT_THAT(words(""), IsEmpty());
}

TEST(ParseUnsigned, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_unsigned("0"), 0U);
  EXPECT_EQ(parse_unsigned("007"), 7U);
  EXPECT_EQ(parse_unsigned("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1x", "0x10", "18446744073709551616"}) {
    EXPECT_EQ(parse_unsigned(text), std::nullopt) << "'" << text << "'";
  }
}

TEST(ParseUnsigned, Base16TakesAnOptionalPrefix) {
  EXPECT_EQ(parse_unsigned("ff", 16), 255U);
  EXPECT_EQ(parse_unsigned("0xFF", 16), 255U);
  EXPECT_EQ(parse_unsigned("0XfF", 16), 255U);
  EXPECT_EQ(parse_unsigned("ffffffffffffffff", 16), UINT64_MAX);
  for (const char* text : {"0x", "x1", "g", "0x0x1", "10000000000000000"}) {
    EXPECT_EQ(parse_unsigned(text, 16), std::nullopt) << "'" << text << "'";
  }
}

TEST(Nearest, FindsTheWordMeant) {
  const std::vector<std::string> known = {"rep-movsb", "rep-movsq", "memcpy", "pread", "pwrite"};
  EXPECT_EQ(nearest("rep-mosvb", known), "rep-movsb");
  EXPECT_EQ(nearest("memcp", known), "memcpy");
  EXPECT_EQ(nearest("pwrite64", known), "pwrite");
  EXPECT_EQ(nearest("pread", known), "pread");
  EXPECT_EQ(nearest("rep_movsb", known), "rep-movsb");
}

TEST(Nearest, SaysNothingWhenNoneIsNear) {
  const std::vector<std::string> known = {"rep-movsb", "memcpy"};
  EXPECT_EQ(nearest("elephant", known), "");
  EXPECT_EQ(nearest("sendfile", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("memcpy", {}), "");
}

// The number of edits allowed grows with the word: two in a short one, a third of a long one.
TEST(Nearest, AllowsAsManyEditsAsItSays) {
  const std::vector<std::string> known = {"abcdefghijkl"};
  EXPECT_EQ(nearest("abcdefghxxxx", known), "abcdefghijkl");
  EXPECT_EQ(nearest("abcdefgxxxxx", known), "");
  EXPECT_EQ(nearest("abxx", std::vector<std::string>{"abcd"}), "abcd");
  EXPECT_EQ(nearest("axxx", std::vector<std::string>{"abcd"}), "");
}

TEST(WithoutSecrets, KeepsWhatCannotBeOne) {
  EXPECT_EQ(without_secrets("redis://user:word@host:6379/0?password=word"),
            "redis://...@host:6379/0?...");
  EXPECT_EQ(without_secrets("https://a:b/c@d@host/x"), "https://...@host/x");
  EXPECT_EQ(without_secrets("https://host/x"), "https://host/x");
  EXPECT_EQ(without_secrets("--size"), "--size");
  EXPECT_EQ(without_secrets("me@host"), "me@host");
  EXPECT_EQ(without_secrets(""), "");
}

}  // namespace
}  // namespace bytepath
