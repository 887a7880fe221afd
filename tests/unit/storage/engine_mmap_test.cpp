#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "pages/file_mapping.h"
#include "storage/engine.h"
#include "support/temporary_folder.h"

namespace bytepath::storage {
namespace {

TEST(MmapEngine, OutlivesAFileThatIsCutOffRightBeforeItIsTouched) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("file", std::string(16384, 'x'));
  const auto target = open_target({.path = path});
  ASSERT_TRUE(target.has_value()) << target.error().message;
  const auto engine = open_mmap({.target = &*target});
  ASSERT_TRUE(engine.has_value()) << engine.error().message;
  EXPECT_EQ((*engine)->prepare(8192), 0);
  EXPECT_EQ((*engine)->read(8192), 0);
  EXPECT_EQ((*engine)->prepare(8192), 0);
  ASSERT_EQ(::truncate(path.c_str(), 4096), 0);
  EXPECT_EQ((*engine)->read(8192), ENODATA);
}

TEST(MmapEngine, LeavesABusErrorOfSomethingElseToOthers) {
  const test::TemporaryFolder folder;
  const auto target = open_target({.path = folder.write("file", std::string(8192, 'x'))});
  const auto other = open_target({.path = folder.write("other", std::string(8192, 'x'))});
  ASSERT_TRUE(target && other);
  const auto engine = open_mmap({.target = &*target});
  ASSERT_TRUE(engine.has_value());
  const auto mapping = pages::FileMapping::map(other->file, 0, 2);
  ASSERT_TRUE(mapping.has_value());
  ASSERT_EQ(::truncate(other->path.c_str(), 0), 0);
  const volatile std::byte* const beyond = mapping->page(1);
  EXPECT_EXIT(static_cast<void>(*beyond), testing::KilledBySignal(SIGBUS), "");
}

}  // namespace
}  // namespace bytepath::storage
