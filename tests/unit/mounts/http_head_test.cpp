#include "mounts/http_head.h"

#include <gtest/gtest.h>

namespace bytepath::mounts {
namespace {

TEST(HttpHead, HasTheRange) {
  const auto head =
      read_http_head("GET /images/a.img HTTP/1.1\r\nHost: x\r\nRANGE:  bytes=4096-8191 \r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "GET");
  EXPECT_EQ(head->path, "/images/a.img");
  EXPECT_EQ(head->first, 4096U);
  EXPECT_EQ(head->last, 8191U);
}

TEST(HttpHead, KeepsNoSecret) {
  const auto head = read_http_head(
      "GET http://user:word@host/a?X-Amz-Signature=secret HTTP/1.1\r\n"
      "Authorization: Bearer secret\r\nRange: bytes=0-\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->path, "/a");
  EXPECT_EQ(head->first, 0U);
  EXPECT_FALSE(head->last);
}

TEST(HttpHead, KeepsNoHalfANumber) {
  EXPECT_FALSE(read_http_head("GET /a HTTP/1.1\r\nRange: bytes=4096-81")->first);
  EXPECT_EQ(read_http_head("GET /a/lo")->path, "/a/lo") << "a path may be cut off";
}

TEST(HttpHead, IsNotOfWhatIsNoRequest) {
  for (const char* text : {"", "GET", "GET ", " /a HTTP/1.1\r\n", "get /a HTTP/1.1\r\n",
                           "GET /a HTTP/2\r\n", "GET /a b HTTP/1.1\r\n", "\r\n\r\n"})
    EXPECT_FALSE(read_http_head(text)) << text;
}

TEST(HttpHead, TakesOneRangeOnly) {
  for (const char* range : {"bytes=1-2,5-6", "bytes=9-3", "bytes=-5", "items=1-2",
                            "bytes=99999999999999999999-", "bytes="})
    EXPECT_FALSE(read_http_head(fmt::format("GET /a HTTP/1.1\r\nRange: {}\r\n\r\n", range))->first)
        << range;
}

}  // namespace
}  // namespace bytepath::mounts
