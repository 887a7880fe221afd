#include "weights/range_index.h"

#include <gtest/gtest.h>

namespace bytepath::weights {
namespace {

Model two_files() {
  return {.format = "gguf",
          .files = {{.path = "a", .size = 1000}, {.path = "b", .size = 50}, {.path = "c"}},
          .tensors = {{.name = "x", .file = 0, .offset = 100, .size = 200, .layer = 1},
                      {.name = "nothing", .file = 0, .offset = 150},
                      {.name = "y", .file = 0, .offset = 300, .size = 400, .experts = 4},
                      {.name = "z", .file = 1, .size = 50, .layer = 2, .expert = 7}}};
}

TEST(RangeIndex, CoversEveryFileWithoutGapOrOverlap) {
  const Model model = two_files();
  const RangeIndex index(model);
  for (std::uint32_t file = 0; file < model.files.size(); ++file) {
    std::uint64_t end = 0;
    for (const Range& range : index.of_file(file)) {
      EXPECT_EQ(range.file, file);
      EXPECT_EQ(range.offset, end);
      EXPECT_GT(range.size, 0U);
      end += range.size;
    }
    EXPECT_EQ(end, model.files[file].size);
  }
  EXPECT_EQ(index.ranges().size(), 8U);
  EXPECT_TRUE(index.of_file(3).empty());
}

TEST(RangeIndex, NamesTensorsLayersAndExperts) {
  const RangeIndex index(two_files());
  const auto ranges = index.of_file(0);
  ASSERT_EQ(ranges.size(), 7U);
  EXPECT_EQ(ranges[0].tensor, Range::no_tensor);
  EXPECT_EQ(ranges[1].tensor, 0U);
  EXPECT_EQ(ranges[1].layer, 1);
  EXPECT_EQ(ranges[1].expert, -1);
  for (int expert = 0; expert < 4; ++expert) {
    const Range& slice = ranges[2 + static_cast<std::size_t>(expert)];
    EXPECT_EQ(slice.tensor, 2U);
    EXPECT_EQ(slice.expert, expert);
    EXPECT_EQ(slice.size, 100U);
  }
  EXPECT_EQ(ranges[6].tensor, Range::no_tensor);
  EXPECT_EQ(index.of_file(1)[0].expert, 7);
}

}  // namespace
}  // namespace bytepath::weights
