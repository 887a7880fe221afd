#include "lazyfs/prefetch_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::lazyfs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PrefetchList, HasAPathAnOffsetAndALength) {
  const auto list = parse_prefetch_list(
      "# first accesses\n"
      "usr/bin/python3.11 4096 65536\n"
      "\n"
      "  /a path with blanks\t0\t10  \r\n"
      "42 1 2",
      "list");
  EXPECT_THAT(list.value(),
              ElementsAre(PrefetchEntry{"usr/bin/python3.11", {.offset = 4096, .length = 65536}},
                          PrefetchEntry{"a path with blanks", {.offset = 0, .length = 10}},
                          PrefetchEntry{"42", {.offset = 1, .length = 2}}));
  EXPECT_TRUE(parse_prefetch_list("", "list").value().empty());
}

TEST(PrefetchList, NamesTheLineThatIsWrong) {
  for (const auto* line :
       {"path", "path 1", "path 1 x", "path -1 2", "1 2", "path 1.5 2", "/ 1 2",
        "path 18446744073709551615 1", "path 1 99999999999999999999999", "path 0x1 2"}) {
    const auto list = parse_prefetch_list(fmt::format("# a\n\n{}\n", line), "my list");
    ASSERT_FALSE(list.has_value()) << line;
    EXPECT_EQ(list.error().kind, ErrorKind::usage);
    EXPECT_THAT(list.error().message, HasSubstr("my list:3: '" + std::string(line)));
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
