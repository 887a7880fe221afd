#include "mounts/process_children.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/temporary_folder.h"

namespace bytepath::mounts {
namespace {

using testing::ElementsAre;

TEST(ProcessChildren, AreThoseOfChildrenToo) {
  const test::TemporaryFolder folder;
  const auto process = [&](const std::string& number, const std::string& rest) {
    std::filesystem::create_directories(folder.path() + "/proc/" + number);
    folder.write("proc/" + number + "/stat", number + rest);
  };
  process("10", " (daemon) S 1 10 10");
  process("11", " (its child) S 10 10 10");
  process("12", " (a) S 10 (b) S 11 10 10");  // a name with what looks like the fields after it
  process("13", " (stranger) S 1 13 13");
  process("14", " (cut off");
  std::filesystem::create_directories(folder.path() + "/proc/sys");
  const Root root{folder.path()};
  EXPECT_THAT(with_children({10}, root), ElementsAre(10U, 11U, 12U));
  EXPECT_THAT(with_children({11, 13}, root), ElementsAre(11U, 12U, 13U));
  EXPECT_THAT(with_children({99}, root), ElementsAre(99U));
  EXPECT_TRUE(with_children({}, root).empty());
}

}  // namespace
}  // namespace bytepath::mounts
