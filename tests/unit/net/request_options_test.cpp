#include "net/request_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Resolve, IsAsCurlTakesIt) {
  const auto four = parse_resolve("Cache.example:443:192.0.2.7");
  ASSERT_TRUE(four.has_value());
  EXPECT_EQ(four->host, "cache.example");
  EXPECT_EQ(four->port, 443);
  EXPECT_EQ(four->address, "192.0.2.7");
  EXPECT_EQ(four->text(), "cache.example:443:192.0.2.7");
  const auto six = parse_resolve("h:1:[2001:db8::1]");
  ASSERT_TRUE(six.has_value());
  EXPECT_EQ(six->address, "2001:db8::1");
  EXPECT_EQ(six->text(), "h:1:[2001:db8::1]");
}

TEST(Resolve, RefusesWhatIsNone) {
  for (const char* text :
       {"", "h", "h:1", "h:1:", ":1:1.2.3.4", "h:0:1.2.3.4", "h:x:1.2.3.4", "h:1:name",
        "h :1:1.2.3.4", "h:1:[::1", "-h:1:1.2.3.4", "+h:1:1.2.3.4", "*:1:1.2.3.4"}) {
    const auto resolve = parse_resolve(text);
    ASSERT_FALSE(resolve.has_value()) << text;
    EXPECT_EQ(resolve.error().kind, ErrorKind::usage);
    EXPECT_NE(resolve.error().hint, "");
  }
}

TEST(RequestHeader, IsANameAndAValue) {
  const auto header = parse_request_header("Authorization:  Bearer abc ");
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->name, "Authorization");
  EXPECT_EQ(header->value, "Bearer abc");
  EXPECT_EQ(parse_request_header("X-Empty:")->value, "");
}

TEST(RequestHeader, ShowsNothingOfOneThatIsNone) {
  for (const char* text : {"", "s3cret", ": s3cret", "Na me: s3cret", "Name: s3cret\r\nOther: x"}) {
    const auto header = parse_request_header(text);
    ASSERT_FALSE(header.has_value()) << text;
    EXPECT_THAT(header.error().message, Not(HasSubstr("s3cret")));
    EXPECT_NE(header.error().hint, "");
  }
}

TEST(Redacted, HidesSecretsWhereverTheyStand) {
  const std::vector<Secret> secrets = {
      {"X-Key: abc", "X-Key: ***"}, {"redis://u:p@h", "redis://h"}, {"http://h/", "http://h/"}};
  EXPECT_THAT(
      redacted({"net", "--header=X-Key: abc", "X-Key: abc", "redis://u:p@h", "http://h/"}, secrets),
      ElementsAre("net", "--header=X-Key: ***", "X-Key: ***", "redis://h", "http://h/"));
}

TEST(Redacted, HidesTheRestOfOneThatBeginsAsAnother) {
  const std::vector<Secret> secrets = {{"http://u:p@h/", "http://h/"},
                                       {"http://u:p@h/?t=s3cret", "http://h/?t=***"}};
  EXPECT_THAT(redacted({"http://u:p@h/", "http://u:p@h/?t=s3cret"}, secrets),
              ElementsAre("http://h/", "http://h/?t=***"));
}

}  // namespace
}  // namespace bytepath::net
