#include "net/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::net {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Url, HasWhatItSays) {
  const auto url = parse_url("HTTPS://ann:s3%20cret@cache.example:8443/a/b?id=7&sig=abc#part");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->scheme, Scheme::https);
  EXPECT_EQ(url->user, "ann");
  EXPECT_EQ(url->password, "s3 cret");
  EXPECT_EQ(url->host, "cache.example");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b?id=7&sig=abc") << "a fragment stays with the client";
  EXPECT_EQ(url->plain(), "https://cache.example:8443/a/b?id=7&sig=abc");
  EXPECT_EQ(url->shown(), "https://cache.example:8443/a/b?id=***&sig=***");
}

TEST(Url, HasUsualPorts) {
  EXPECT_EQ(parse_url("http://a")->port, 80);
  EXPECT_EQ(parse_url("https://a")->port, 443);
  EXPECT_EQ(parse_url("redis://a")->port, 6379);
  EXPECT_EQ(parse_url("http://a:80")->plain(), "http://a/");
  EXPECT_EQ(parse_url("http://a?x")->plain(), "http://a/?x");
}

TEST(Url, OfRedisHasADatabase) {
  const auto url = parse_url("redis://:pass@[::1]:7000/5");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->user, "");
  EXPECT_EQ(url->password, "pass");
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->number, 5U);
  EXPECT_EQ(url->shown(), "redis://[::1]:7000/5");
}

TEST(Url, OfASocketHasAPath) {
  const auto url = parse_url("unix://user:word@/run/redis.sock");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->path, "/run/redis.sock");
  EXPECT_EQ(url->password, "word");
  EXPECT_EQ(url->shown(), "unix:///run/redis.sock");
}

TEST(Url, PasswordMayHoldAnAt) {
  const auto url = parse_url("redis://u:p@ss@host");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->password, "p@ss");
  EXPECT_EQ(url->host, "host");
}

TEST(Url, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "host",
                           "host:80",
                           "http:/host",
                           "ftp://host/",
                           "://host",
                           "http://",
                           "http:///path",
                           "http://host:0/",
                           "http://host:65536/",
                           "http://host:x/",
                           "http://[::1",
                           "http://[host]/",
                           "http://ho st/",
                           "http://host/\x01",
                           "redis://host/x",
                           "redis://host/-1",
                           "unix://",
                           "unix://host/path",
                           "unix:///run/redis.sock?db=1",
                           "http://a:%zz@host/",
                           "http://a:%00@host/",
                           "http://a:%@host/",
                           "http://h\"st/",
                           "http://[::1]x/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::usage);
    EXPECT_NE(url.error().hint, "");
    EXPECT_EQ(url.error().message.find('\n'), std::string::npos);
  }
}

TEST(Url, ErrorsShowNoCredentials) {
  for (const char* text : {"ftp://ann:s3cret@host/", "ann:s3cret@host", "redis://ann:s3cret@host/x",
                           "http://ann:s3cret%@host/", "http://h ost/?sig=s3cret",
                           "redis//ann:s3cret@host", "unix:///run/redis.sock?password=s3cret"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_THAT(url.error().message, Not(HasSubstr("s3cret")));
    EXPECT_THAT(url.error().hint, Not(HasSubstr("s3cret")));
  }
}

}  // namespace
}  // namespace bytepath::net
