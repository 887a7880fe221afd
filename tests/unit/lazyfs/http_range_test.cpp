#include "lazyfs/http_range.h"

#include <gtest/gtest.h>

namespace bytepath::lazyfs {
namespace {

using Kind = RangeAnswer::Kind;
constexpr std::uint64_t size = 1000;

RangeAnswer part(std::uint64_t offset, std::uint64_t length) {
  return {.kind = Kind::part, .extent = {.offset = offset, .length = length}};
}

TEST(HttpRange, OfAPart) {
  EXPECT_EQ(answer_range("bytes=0-0", size), part(0, 1));
  EXPECT_EQ(answer_range("bytes=0-499", size), part(0, 500));
  EXPECT_EQ(answer_range("bytes=500-", size), part(500, 500));
  EXPECT_EQ(answer_range("bytes=999-5000", size), part(999, 1));
  EXPECT_EQ(answer_range("bytes=-300", size), part(700, 300));
  EXPECT_EQ(answer_range("bytes=-3000", size), part(0, 1000));
  EXPECT_EQ(answer_range("bytes= 5-9 ", size), part(5, 5));
}

TEST(HttpRange, BeyondTheFile) {
  for (const auto* header : {"bytes=1000-", "bytes=1000-1001", "bytes=-0",
                             "bytes=18446744073709551615-", "bytes=99999999999999999999999-"}) {
    EXPECT_EQ(answer_range(header, size).kind, Kind::not_satisfiable) << header;
  }
  EXPECT_EQ(answer_range("bytes=0-", 0).kind, Kind::not_satisfiable);
  EXPECT_EQ(answer_range("bytes=-5", 0).kind, Kind::not_satisfiable);
}

TEST(HttpRange, OfNumbersBeyond64BitsIsUpToTheEnd) {
  EXPECT_EQ(answer_range("bytes=1-18446744073709551615", size), part(1, 999));
  EXPECT_EQ(answer_range("bytes=1-99999999999999999999999", size), part(1, 999));
  EXPECT_EQ(answer_range("bytes=-99999999999999999999999", size), part(0, 1000));
}

TEST(HttpRange, ThatIsNoneIsIgnored) {
  const RangeAnswer whole{.kind = Kind::whole, .extent = {.offset = 0, .length = size}};
  EXPECT_EQ(answer_range(std::nullopt, size), whole);
  for (const auto* header : {"", "bytes", "bytes=", "bytes=-", "bytes=--1", "bytes=5", "bytes=9-5",
                             "bytes=1-2,4-5", "bytes=a-b", "bytes=1-b", "bytes=+1-2", "bytes=1--2",
                             "bytes=0x1-2", "pages=1-2", "Bytes 1-2", "bytes=1 - 2"}) {
    EXPECT_EQ(answer_range(header, size), whole) << header;
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
