#include "benchmark/number_capture.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bytepath::benchmark {
namespace {

double found(const std::string& metric, const std::string& output) {
  const auto capture = NumberCapture::parse(metric);
  EXPECT_TRUE(capture.has_value()) << capture.error().message;
  return capture ? capture->find(output) : 0;
}

TEST(NumberCapture, IsTheFirstGroupOfTheFirstLineThatMatches) {
  EXPECT_EQ(found("stdout:([0-9.]+) MB/s", "copied\n12.5 MB/s\n99 MB/s\n"), 12.5);
  EXPECT_EQ(found("stdout:[0-9]+", "run 7 of 9"), 7);
  EXPECT_EQ(found("stdout:^([0-9]+)$", "a\n42\n"), 42);
  EXPECT_EQ(found("stdout:(-?[0-9.e+-]+)", "-1.5e3"), -1500);
}

TEST(NumberCapture, IsNothingWhereThereIsNone) {
  EXPECT_TRUE(std::isnan(found("stdout:([0-9]+) MB", "nothing")));
  EXPECT_TRUE(std::isnan(found("stdout:(.*)", "no number")));
  EXPECT_TRUE(std::isnan(found("stdout:x", "")));
}

TEST(NumberCapture, TakesNoLongerThanTheTextIsLong) {
  EXPECT_TRUE(std::isnan(found("stdout:(a+)+b", std::string(60, 'a'))));
  EXPECT_TRUE(std::isnan(found("stdout:(.*)y", std::string(3U << 20U, 'x'))));
}

TEST(NumberCapture, RefusesAWrongExpression) {
  const auto capture = NumberCapture::parse("stdout:(");
  ASSERT_FALSE(capture.has_value());
  EXPECT_EQ(capture.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace bytepath::benchmark
