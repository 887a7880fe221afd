#include "faults/figures.h"

#include <gtest/gtest.h>

#include "support/small_model.h"

namespace bytepath::faults {
namespace {

constexpr std::uint64_t page = 4096;

FileRecord record_with_touched(std::uint64_t first, std::uint64_t count) {
  FileRecord record(test::small_model());
  record.touched.emplace(64);
  record.touched->insert(first, count);
  return record;
}

TEST(Figures, OfTensorsCoverTheFile) {
  const auto tensors = by_tensor(record_with_touched(0, 64));
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors[0].name, "(header)");
  EXPECT_EQ(tensors[1].name, "blk.0.ffn_up.weight");
  EXPECT_EQ(tensors[1].shape, "256 x 448");
  EXPECT_EQ(tensors[2].type, "Q8_0");
  std::uint64_t bytes = 0;
  std::uint64_t touched = 0;
  for (const auto& each : tensors) {
    bytes += each.figures.bytes;
    touched += each.figures.touched.value_or(0);
  }
  EXPECT_EQ(bytes, 64 * page);
  EXPECT_EQ(touched, 64 * page);
}

TEST(Figures, OfExpertsAreThoseOfTheirSlices) {
  // Expert 1 wholly, two pages of expert 3.
  auto record = record_with_touched(40, 8);
  record.touched->insert(60, 2);
  const auto experts = by_expert(std::span(&record, 1));
  ASSERT_EQ(experts.size(), 4U);
  EXPECT_EQ(experts[0].figures.touched, 0U);
  EXPECT_EQ(experts[1].figures.touched, 8 * page);
  EXPECT_EQ(experts[2].figures.touched, 0U);
  EXPECT_EQ(experts[3].figures.touched, 2 * page);
  EXPECT_EQ(experts[3].layer, 1);
  EXPECT_EQ(experts[3].expert, 3);
  EXPECT_EQ(experts[3].figures.bytes, 8 * page);
}

TEST(Figures, OfLayersHoldWhatBelongsToNoneFirst) {
  const auto record = record_with_touched(0, 6);
  const auto layers = by_layer(std::span(&record, 1));
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[0].layer, -1);
  EXPECT_EQ(layers[0].figures.touched, 4 * page);
  EXPECT_EQ(layers[1].layer, 0);
  EXPECT_EQ(layers[1].figures.touched, 2 * page);
  EXPECT_EQ(layers[2].figures.bytes, 32 * page);
}

TEST(Figures, OfDifferentModelsAreNotAddedTogether) {
  const auto first = record_with_touched(40, 8);
  FileRecord second(test::small_model("other.gguf"));
  second.touched.emplace(64);
  const std::vector<FileRecord> records = {first, second};
  const auto experts = by_expert(records);
  ASSERT_EQ(experts.size(), 8U);
  EXPECT_EQ(experts[1].model, "small.gguf");
  EXPECT_EQ(experts[1].figures.bytes, 8 * page);
  EXPECT_EQ(experts[1].figures.touched, 8 * page);
  EXPECT_EQ(experts[5].model, "other.gguf");
  EXPECT_EQ(experts[5].expert, 1);
  EXPECT_EQ(experts[5].figures.touched, 0U);
  EXPECT_EQ(by_layer(records).size(), 6U);
}

TEST(Figures, SayNothingOfWhatWasNotMeasured) {
  const FileRecord record(test::small_model());
  const Figures all = figures_of(record);
  EXPECT_FALSE(all.touched || all.mapped || all.cached || all.read);
  EXPECT_FALSE(all.counts_faults);
  EXPECT_EQ(all.bytes, 64 * page);
}

TEST(Figures, OfSeveralPartsAreSums) {
  Figures sum;
  sum.add({.bytes = 10, .touched = 4, .faults = {}});
  sum.add({.bytes = 20, .touched = std::nullopt, .mapped = 7, .faults = {}});
  EXPECT_EQ(sum.bytes, 30U);
  EXPECT_EQ(sum.touched, 4U);
  EXPECT_EQ(sum.mapped, 7U);
}

}  // namespace
}  // namespace bytepath::faults
