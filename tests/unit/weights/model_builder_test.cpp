#include "weights/model_builder.h"

#include <gtest/gtest.h>

namespace bytepath::weights {
namespace {

TEST(ModelBuilder, KnowsAFileByItsInodeWhateverItsPath) {
  ModelBuilder builder("onnx");
  EXPECT_EQ(builder.add_file({.path = "m", .size = 8, .device = 1, .inode = 2}), 0U);
  EXPECT_EQ(builder.add_file({.path = "w", .size = 8, .device = 1, .inode = 3}), 1U);
  EXPECT_EQ(builder.add_file({.path = "link", .size = 8, .device = 1, .inode = 2}), 0U);
  EXPECT_EQ(builder.add_file({.path = "m", .size = 8, .device = 2, .inode = 2}), 2U)
      << "the path leads to another file by now";
  const auto model = builder.finish();
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->files.size(), 3U);
  EXPECT_EQ(model->files[0].path, "m") << "the path by which it came first";
}

TEST(ModelBuilder, KnowsBytesInMemoryByTheirPath) {
  ModelBuilder builder("onnx");
  EXPECT_EQ(builder.add_file({.path = "d/w", .size = 8}), 0U);
  EXPECT_EQ(builder.add_file({.path = "d/v", .size = 8}), 1U);
  EXPECT_EQ(builder.add_file({.path = "d/.//w", .size = 8}), 0U);
}

TEST(ModelBuilder, HoldsTensorsOfOneFileAgainstEachOther) {
  ModelBuilder builder("onnx");
  const std::uint32_t first = builder.add_file({.path = "w", .size = 8, .device = 1, .inode = 2});
  const std::uint32_t second = builder.add_file({.path = "v", .size = 8, .device = 1, .inode = 2});
  ASSERT_TRUE(builder.add({.name = "a", .file = first, .offset = 0, .size = 8}));
  ASSERT_TRUE(builder.add({.name = "b", .file = second, .offset = 4, .size = 4}));
  const auto model = builder.finish(SharedBytes::allowed);
  ASSERT_FALSE(model);
  EXPECT_NE(model.error().message.find("begins within"), std::string::npos);
}

TEST(ModelBuilder, CountsTheNamesOfFilesAsItDoesThoseOfTensors) {
  ModelBuilder builder("onnx");
  const std::string name(1'000'000, 'n');
  std::uint32_t file = 0;
  for (int i = 0; i < 100; ++i) {
    file = builder.add_file({.path = name, .size = 8, .device = 1, .inode = 2});
  }
  EXPECT_TRUE(builder.add({.name = "", .file = file, .size = 8}));
  const auto added = builder.add({.name = "a", .file = file, .size = 8});
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().message.find("names"), std::string::npos);
}

}  // namespace
}  // namespace bytepath::weights
