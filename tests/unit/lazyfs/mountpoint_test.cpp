#include "lazyfs/mountpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace bytepath::lazyfs {
namespace {

using testing::HasSubstr;

TEST(Mountpoint, IsAnEmptyDirectory) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(prepare_mountpoint(folder.path()).has_value());
  const auto file = folder.write("file", "x");
  for (const auto& wrong : {file, folder.path(), folder.at("nothing")}) {
    const auto prepared = prepare_mountpoint(wrong);
    ASSERT_FALSE(prepared.has_value()) << wrong;
    EXPECT_EQ(prepared.error().kind, ErrorKind::usage);
    EXPECT_THAT(prepared.error().message, HasSubstr(wrong));
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
