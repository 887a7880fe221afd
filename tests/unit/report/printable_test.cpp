#include "report/printable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Printable, ShowsControlCharactersInsteadOfSendingThem) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable(std::string_view("\0\a\x7f", 3)), "\\x00\\x07\\x7f");
  EXPECT_EQ(printable("a\nb\tc\r"), "a\\nb\\tc\\r");
  EXPECT_EQ(printable("\u0085\u009b"), "\\u0085\\u009b");  // C1: U+009B begins a sequence too
}

TEST(Printable, ShowsWhatTurnsTextAround) {
  EXPECT_EQ(printable("exe\u202etxt"), "exe\\u202etxt");
  EXPECT_EQ(printable("\u2066\u200f\u2028\ufeff"), "\\u2066\\u200f\\u2028\\ufeff");
  EXPECT_EQ(printable("\U000e0041"), "\\U000e0041");
}

TEST(Printable, KeepsOrdinaryTextOfAnyScript) {
  EXPECT_EQ(printable("caf\u00e9 \u6f22\u5b57 \U0001f600"), "caf\u00e9 \u6f22\u5b57 \U0001f600");
}

TEST(Printable, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xc0\x80"), "\\xc0\\x80");                    // overlong NUL
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(printable("a\xe6\xbc"), "a\\xe6\\xbc");                  // cut
}

TEST(Printable, CountsTheColumnsOfATerminal) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("\u00e9"), 1U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("\u6f22"), 2U);
  EXPECT_EQ(display_width("\U0001f600"), 2U);
}

TEST(Printable, WrapsAtSpacesAndNeverCutsAWord) {
  EXPECT_THAT(wrap("aaa bbb ccc", 7), ElementsAre("aaa bbb", "ccc"));
  EXPECT_THAT(wrap("a /a/very/long/path b", 6), ElementsAre("a", "/a/very/long/path", "b"));
  EXPECT_THAT(wrap("one\ntwo", 80), ElementsAre("one", "two"));
  EXPECT_THAT(wrap("\u6f22\u6f22 \u6f22", 6), ElementsAre("\u6f22\u6f22", "\u6f22"));
  EXPECT_THAT(wrap("", 10), IsEmpty());
}

TEST(Printable, WrapsItemsWithoutBreakingThem) {
  EXPECT_THAT(wrap_items({"d first 1", "d last 15", "size 4 KiB"}, 22, true),
              ElementsAre("d first 1, d last 15,", "size 4 KiB"));
  EXPECT_THAT(wrap_items({"abcdefghijkl"}, 9, false), ElementsAre("abcdefg~"));
  EXPECT_THAT(wrap_items({}, 20, true), IsEmpty());
}

TEST(Printable, FitsIntoColumns) {
  EXPECT_EQ(fit("ab", 4, false, true), "ab  ");
  EXPECT_EQ(fit("ab", 4, true, true), "  ab");
  EXPECT_EQ(fit("abcdef", 4, false, true), "abc\u2026");
  EXPECT_EQ(fit("abcdef", 4, false, false), "abc~");
  EXPECT_EQ(display_width(fit("\u6f22\u6f22\u6f22", 4, false, true)), 4U);
}

}  // namespace
}  // namespace bytepath::report
