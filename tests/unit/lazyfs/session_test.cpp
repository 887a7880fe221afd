#include "lazyfs/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace bytepath::lazyfs {
namespace {

using testing::HasSubstr;

const std::string header(truth_header());
constexpr char line[] = "read,1,image,2,0,10,10,l3,5,,0,7\n";

TEST(SummarizeTruth, CountsItsEvents) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("truth.csv", header + line + line);
  const auto document = summarize_truth(path);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->tables.at(0).name, "tiers");
  EXPECT_EQ(std::get<std::int64_t>(document->tables.at(0).rows.at(4).at(1)), 2);
}

TEST(SummarizeTruth, NamesTheLineThatIsNone) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("truth.csv", header + line + "read,1,cut of");
  const auto document = summarize_truth(path);
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().kind, ErrorKind::usage);
  EXPECT_THAT(document.error().message, HasSubstr(path + ":3"));
  EXPECT_THAT(summarize_truth(folder.write("other.csv", "a,b\n1,2\n")).error().message,
              HasSubstr(":1"));
  EXPECT_FALSE(summarize_truth(folder.write("gap.csv", header + "\n" + line)).has_value());
  EXPECT_FALSE(summarize_truth(folder.at("nothing")).has_value());
}

}  // namespace
}  // namespace bytepath::lazyfs
