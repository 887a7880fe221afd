#include "storage/cache_preparation.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace bytepath::storage {
namespace {

TEST(CachePreparation, StopsReadingWhenTheUserAsks) {
  const test::TemporaryFolder folder;
  const auto target = open_target({.path = folder.write("file", std::string(8U << 20U, 'x'))});
  ASSERT_TRUE(target.has_value()) << target.error().message;
  int asked = 0;
  const auto twice = [&](std::size_t, std::size_t, std::string_view) { return asked++ < 2; };
  const auto stopped = prepare_cache(*target, CacheStart::warm, 1, twice);
  ASSERT_TRUE(stopped.has_value()) << stopped.error().message;
  EXPECT_TRUE(stopped->interrupted);
  EXPECT_EQ(asked, 3);
  const auto all = prepare_cache(*target, CacheStart::warm, 1, no_progress);
  ASSERT_TRUE(all.has_value()) << all.error().message;
  EXPECT_FALSE(all->interrupted);
}

}  // namespace
}  // namespace bytepath::storage
