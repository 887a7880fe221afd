#include "benchmark/shell_words.h"

#include <gtest/gtest.h>

namespace bytepath::benchmark {
namespace {

using Words = std::vector<std::string>;

Words split(std::string_view line) {
  const auto words = split_words(line);
  return words ? *words : Words{"error: " + words.error().message};
}

TEST(SplitWords, SeparatesAtBlanksAndLineEnds) {
  EXPECT_EQ(split(""), Words{});
  EXPECT_EQ(split(" \t\n"), Words{});
  EXPECT_EQ(split("  sleep\t0.1 \n now "), (Words{"sleep", "0.1", "now"}));
}

TEST(SplitWords, QuotesJoinPartsOfOneWord) {
  EXPECT_EQ(split(R"(a'b c'"d e"f)"), Words{"ab cd ef"});
  EXPECT_EQ(split(R"('' "")"), (Words{"", ""}));
  EXPECT_EQ(split(R"('a\'b)"), Words{R"(a\b)"});
}

TEST(SplitWords, BackslashInDoubleQuotesProtectsOnlyWhatIsSpecialThere) {
  EXPECT_EQ(split(R"("\$\`\"\\\n\'")"), Words{R"($`"\\n\')"});
  EXPECT_EQ(split("\"a\\\nb\""), Words{"ab"});
}

TEST(SplitWords, BackslashOutsideQuotesProtectsAnything) {
  EXPECT_EQ(split(R"(a\ b \'c \\)"), (Words{"a b", "'c", R"(\)"}));
  EXPECT_EQ(split("a\\\nb \\\n c"), (Words{"ab", "c"}));
  EXPECT_EQ(split("a\\"), Words{"a\\"});
}

TEST(SplitWords, CommentsBeginOnlyAtTheStartOfAWord) {
  EXPECT_EQ(split("a#b #c 'd\ne"), (Words{"a#b", "e"}));
  EXPECT_EQ(split("#"), Words{});
}

TEST(SplitWords, RefusesAQuoteThatIsNotClosed) {
  const Words error = {"error: missing closing quote"};
  EXPECT_EQ(split("it's"), error);
  EXPECT_EQ(split("\"a\\\""), error);
  EXPECT_EQ(split("\"a\\"), error);
}

TEST(JoinWords, QuotesOnlyWhereItMust) {
  EXPECT_EQ(join_words(Words{"ls", "-l", "a b", "", "it's", "$HOME", "#x"}),
            R"(ls -l 'a b' '' 'it'\''s' '$HOME' '#x')");
}

TEST(JoinWords, SplitGivesTheWordsBack) {
  const Words words = {"a\nb", "\\", "'\"", "~", "*", "#", "\t", "µ"};
  EXPECT_EQ(split(join_words(words)), words);
}

}  // namespace
}  // namespace bytepath::benchmark
