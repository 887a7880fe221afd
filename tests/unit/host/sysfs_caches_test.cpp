#include "host/sysfs_caches.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/temporary_folder.h"

namespace bytepath::host {
namespace {

void write_cache(const test::TemporaryFolder& folder, const std::string& index,
                 const std::string& type, const std::string& level, const std::string& size) {
  const std::string place = "sys/devices/system/cpu/cpu3/cache/" + index;
  std::filesystem::create_directories(folder.at(place));
  folder.write(place + "/type", type + "\n");
  folder.write(place + "/level", level + "\n");
  folder.write(place + "/size", size + "\n");
  folder.write(place + "/shared_cpu_list", "0-3,8\n");
  folder.write(place + "/coherency_line_size", "64\n");
}

TEST(SysfsCaches, AreReadByLevel) {
  const test::TemporaryFolder folder;
  write_cache(folder, "index0", "Data", "1", "48K");
  write_cache(folder, "index1", "Instruction", "1", "32K");
  write_cache(folder, "index2", "Unified", "2", "2M");
  write_cache(folder, "index3", "Strange", "3", "8M");
  const auto caches = read_sysfs_caches({.prefix = folder.path()}, 3);
  ASSERT_EQ(caches.size(), 3U);
  EXPECT_EQ(caches[0].type, CacheType::data);
  EXPECT_EQ(caches[0].size_bytes, 48U * 1024);
  EXPECT_EQ(caches[0].shared_by, 5U);
  EXPECT_EQ(caches[0].line_bytes, 64U);
  EXPECT_EQ(caches[2].size_bytes, 2U << 20U);
  EXPECT_TRUE(read_sysfs_caches({.prefix = folder.path()}, 4).empty());
}

TEST(SysfsCaches, SizesHaveTheirUnit) {
  EXPECT_EQ(parse_cache_size("512"), 512U);
  EXPECT_EQ(parse_cache_size("32768K"), 32U << 20U);
  for (const char* wrong : {"", "K", "12G", "-1K", "99999999999999999999M", "18014398509481984K"})
    EXPECT_FALSE(parse_cache_size(wrong).has_value()) << wrong;
}

TEST(SysfsCaches, ListsOfCpusAreCounted) {
  EXPECT_EQ(cpus_in_list("0"), 1U);
  EXPECT_EQ(cpus_in_list("0-1,4-7"), 6U);
  for (const char* wrong : {"", "x", "3-1", "0-", "0-99999999999"})
    EXPECT_EQ(cpus_in_list(wrong), 0U) << wrong;
}

}  // namespace
}  // namespace bytepath::host
