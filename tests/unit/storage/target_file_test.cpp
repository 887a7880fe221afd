#include "storage/target_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/other_user.h"
#include "support/temporary_folder.h"

namespace bytepath::storage {
namespace {

using testing::HasSubstr;

class TargetFileTest : public testing::Test {
 protected:
  static void expect_refused(const TargetRequest& request, ErrorKind kind,
                             const std::string& said) {
    const auto target = open_target(request);
    ASSERT_FALSE(target.has_value());
    EXPECT_EQ(target.error().kind, kind) << target.error().message;
    EXPECT_THAT(target.error().message, HasSubstr(said));
    EXPECT_NE(target.error().hint, "");
  }

  const test::TemporaryFolder folder_;
};

TEST_F(TargetFileTest, IsReadInWholeBlocks) {
  const auto path = folder_.write("a", std::string(10'000, 'x'));
  const auto target = open_target({.path = path});
  ASSERT_TRUE(target.has_value()) << target.error().message;
  EXPECT_EQ(target->bytes, 10'000U);
  EXPECT_EQ(target->region, 8192U);
  EXPECT_EQ(target->file_type, static_cast<std::uint32_t>(S_IFREG));
  const auto part = open_target({.path = path, .block = 512, .size = 5000});
  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->region, 4608U);
}

TEST_F(TargetFileTest, ThatCannotBeMeasuredIsRefusedBeforeAnythingIsDone) {
  const auto small = folder_.write("small", "x");
  const auto file = folder_.write("file", std::string(8192, 'x'));
  expect_refused({.path = folder_.at("missing")}, ErrorKind::usage, "there is no file");
  expect_refused({.path = file + "/below"}, ErrorKind::usage, "there is no file");
  expect_refused({.path = folder_.path()}, ErrorKind::usage, "is a folder");
  expect_refused({.path = "/dev/null"}, ErrorKind::usage, "neither a file nor a block device");
  expect_refused({.path = folder_.write("empty", "")}, ErrorKind::unsupported, "is empty");
  expect_refused({.path = small}, ErrorKind::unsupported, "has 1 B, less than");
  expect_refused({.path = file, .size = 8193}, ErrorKind::usage, "--size");
  expect_refused({.path = file, .block = 4096, .size = 100}, ErrorKind::usage, "--size");
  expect_refused({.path = file, .block = 1000, .direct = true}, ErrorKind::usage, "--block");
  ::chmod(file.c_str(), 0);
  ::chmod(folder_.path().c_str(), 0755);
  EXPECT_TRUE(test::holds_without_root([&] {
    const auto target = open_target({.path = file});
    return !target && target.error().kind == ErrorKind::denied;
  }));
}

}  // namespace
}  // namespace bytepath::storage
