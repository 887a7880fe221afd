#include "weights/gguf.h"

#include <gtest/gtest.h>

#include "tests/support/read_weights.h"

namespace bytepath::weights {
namespace {

using test::expect_refused;
using test::GgufFile;
using test::MemoryFiles;
using test::read_weights;

constexpr std::uint32_t u32_type = 4;
constexpr std::uint32_t u16_type = 2;
constexpr std::uint32_t string_type = 8;
constexpr std::uint32_t array_type = 9;

// Two tensors, and the kinds of metadata that real files have.
GgufFile small_file() {
  GgufFile file;
  file.pair("general.architecture", string_type).text("llama");
  file.pair("tokenizer.ggml.tokens", array_type).u32(string_type).u64(2).text("a").text("bc");
  file.pair("tokenizer.ggml.scores", array_type).u32(6).u64(3).u32(0).u32(0).u32(0);
  file.pair("general.file_type", u32_type).u32(7);
  file.tensors = {{.name = "blk.3.attn_q.weight", .shape = {64, 2}, .type = 8},
                  {.name = "output_norm.weight", .shape = {5}, .type = 0, .offset = 160}};
  file.data_bytes = 192;
  return file;
}

TEST(Gguf, ReadsTensorsWithTheirPlaces) {
  for (const std::uint32_t version : {2U, 3U}) {
    GgufFile file = small_file();
    file.version = version;
    const std::string content = file.content();
    const auto model = read_weights("m.gguf", content);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->format, "gguf");
    ASSERT_EQ(model->tensors.size(), 2U);
    const std::uint64_t data = content.size() - file.data_bytes;
    const Tensor& first = model->tensors[0];
    EXPECT_EQ(first.name, "blk.3.attn_q.weight");
    EXPECT_EQ(first.type, "Q8_0");
    EXPECT_EQ(first.shape, (std::vector<std::uint64_t>{64, 2}));
    EXPECT_EQ(first.offset, data);
    EXPECT_EQ(first.size, 4U * 34);
    EXPECT_EQ(first.layer, 3);
    const Tensor& second = model->tensors[1];
    EXPECT_EQ(second.offset, data + 160);
    EXPECT_EQ(second.size, 20U);
    EXPECT_EQ(second.layer, -1);
  }
}

TEST(Gguf, HeedsTheAlignment) {
  GgufFile file = small_file();
  file.pair("general.alignment", u32_type).u32(256);
  file.alignment = 256;
  file.tensors[1].offset = 256;
  file.data_bytes = 512;
  const std::string content = file.content();
  const auto model = read_weights("m.gguf", content);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors[0].offset, content.size() - 512);
  EXPECT_EQ(model->tensors[0].offset % 256, 0U);
}

TEST(Gguf, GivesAnUnknownTypeAllBytesUpToTheNextTensor) {
  GgufFile file = small_file();
  file.tensors[0].type = 57;
  const std::string content = file.content();
  auto model = read_weights("m.gguf", content);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors[0].type, "type 57");
  EXPECT_EQ(model->tensors[0].size, 160U);
  file.tensors[1].type = 4;  // a type that ggml had once
  model = read_weights("m.gguf", file.content());
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors[1].type, "type 4");
  EXPECT_EQ(model->tensors[1].size, 32U);
}

TEST(Gguf, SlicesStackedExperts) {
  GgufFile file;
  file.tensors = {
      {.name = "blk.1.ffn_up_exps.weight", .shape = {32, 2, 4}, .type = 8},
      {.name = "blk.1.ffn_up_exps.scale", .shape = {4}, .offset = 288},
      {.name = "blk.1.ffn_up_exps.odd", .shape = {3}, .offset = 320},
      {.name = "blk.2.ffn_up_exps.scale", .shape = {4}, .offset = 352},
      {.name = "blk.1.ffn_gate_inp.weight", .shape = {2, 4}, .offset = 384},
      {.name = "blk.1.ffn_down.3.weight", .shape = {2, 4}, .offset = 416},
  };
  file.data_bytes = 448;
  const auto model = read_weights("m.gguf", file.content());
  ASSERT_TRUE(model) << model.error().message;
  const auto experts = [&](std::size_t i) { return model->tensors[i].experts; };
  EXPECT_EQ(experts(0), 4U);
  EXPECT_EQ(experts(1), 4U);
  EXPECT_EQ(experts(2), 0U) << "3 values are not one for each of 4 experts";
  EXPECT_EQ(experts(3), 0U) << "layer 2 has no experts";
  EXPECT_EQ(experts(4), 0U) << "the router is no expert's";
  EXPECT_EQ(model->tensors[5].expert, 3);
}

// Three parts, as llama-gguf-split writes them: the metadata in the first.
MemoryFiles split_model() {
  MemoryFiles out;
  for (std::uint16_t i = 0; i < 3; ++i) {
    GgufFile file;
    file.pair("split.no", u16_type).u16(i);
    file.pair("split.count", u16_type).u16(3);
    file.pair("split.tensors.count", 5).u32(3);
    file.tensors = {{.name = "blk." + std::to_string(i) + ".w", .shape = {8}}};
    file.data_bytes = 32;
    out.files["d/m-0000" + std::to_string(i + 1) + "-of-00003.gguf"] = file.content();
  }
  return out;
}

TEST(Gguf, ReadsAllPartsFromAnyPart) {
  const MemoryFiles files = split_model();
  for (const auto& [path, content] : files.files) {
    const auto model = read_weights(path, content, files);
    ASSERT_TRUE(model) << model.error().message;
    ASSERT_EQ(model->files.size(), 3U);
    ASSERT_EQ(model->tensors.size(), 3U);
    EXPECT_EQ(model->files[0].path, "d/m-00001-of-00003.gguf");
    EXPECT_EQ(model->tensors[2].file, 2U);
    EXPECT_EQ(model->tensors[2].layer, 2);
  }
}

TEST(Gguf, RefusesASplitModelThatIsNotWhole) {
  MemoryFiles files = split_model();
  const std::string first = "d/m-00001-of-00003.gguf";
  const std::string second = "d/m-00002-of-00003.gguf";
  const std::string content = files.files[first];
  expect_refused(read_weights("d/other.gguf", content, files), "d/other.gguf", "part 1 of 3");
  files.files[second] = files.files["d/m-00003-of-00003.gguf"];
  expect_refused(read_weights(first, content, files), second, "header part 3 of 3");
  files.files.erase(second);
  expect_refused(read_weights(first, content, files), first, "cannot open " + second);
}

TEST(Gguf, RefusesPartsThatDoNotHaveTheTensorsOfTheWhole) {
  MemoryFiles files = split_model();
  const std::string last = "d/m-00003-of-00003.gguf";
  GgufFile file;
  file.pair("split.no", u16_type).u16(2);
  file.pair("split.count", u16_type).u16(3);
  files.files[last] = file.content();
  expect_refused(read_weights(last, files.files[last], files), "d/m-00001-of-00003.gguf",
                 "all parts have 3 tensors, and they have 2");
}

TEST(Gguf, RefusesEveryTruncation) {
  const GgufFile file = small_file();
  const std::string whole = file.content();
  const std::size_t header = file.header().size();
  for (std::size_t size = 4; size < whole.size() - 12; ++size) {
    const auto model = read_weights("m.gguf", whole.substr(0, size));
    ASSERT_FALSE(model) << size << " of " << header;
    EXPECT_EQ(model.error().kind, ErrorKind::usage) << model.error().message;
  }
}

TEST(Gguf, RefusesCountsThatCannotBe) {
  GgufFile file = small_file();
  file.more_tensors = std::uint64_t{1} << 63U;
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "9223372036854775810 tensors");
  file = small_file();
  file.more_tensors = 1000;
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "");
  file = small_file();
  file.pair_count = std::uint64_t{1} << 63U;
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "9223372036854775808 key-value");
  file = small_file();
  file.pair("x", array_type).u32(string_type).u64(std::uint64_t{1} << 61U);
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "array of 2305843009213693952");
  file = small_file();
  file.pair("x", string_type).u64(UINT64_MAX);
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf",
                 "string of 18446744073709551615");
  file = small_file();
  file.tensors[0].shape = std::vector<std::uint64_t>(9, 1);
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "9 dimensions");
}

TEST(Gguf, BoundsTheHeader) {
  GgufFile file;
  file.pair("x", string_type).u64(max_header_bytes);
  const std::string content = file.header();
  const MemorySource source("m.gguf", std::as_bytes(std::span(content)), 3 * max_header_bytes);
  expect_refused(read_model(source, MemoryFiles().opener()), "m.gguf", "no place in the header");
}

TEST(Gguf, ReadsArraysWithinArraysToALimit) {
  GgufFile file = small_file();
  auto& pair = file.pair("x", array_type).u32(array_type).u64(2);
  pair.u32(u32_type).u64(1).u32(5);
  pair.u32(string_type).u64(1).text("y");
  const auto model = read_weights("m.gguf", file.content());
  ASSERT_TRUE(model) << model.error().message;
  auto& deep = file.pair("z", array_type);
  for (int i = 0; i < 1000; ++i) deep.u32(array_type).u64(1);
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "arrays 8 deep");
}

TEST(Gguf, RefusesTypesOfValuesThatAreNone) {
  GgufFile file = small_file();
  file.pair("x", 13).u64(0);
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "type 13");
}

TEST(Gguf, RefusesAlignmentsThatCannotBe) {
  for (const std::uint32_t alignment : {0U, 3U, 48U, UINT32_MAX}) {
    GgufFile file = small_file();
    file.pair("general.alignment", u32_type).u32(alignment);
    expect_refused(read_weights("m.gguf", file.content()), "m.gguf",
                   "an alignment of " + std::to_string(alignment));
  }
  GgufFile file = small_file();
  file.pair("general.alignment", 10).u64(std::uint64_t{1} << 63U);
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "an alignment of");
  file = small_file();
  file.pair("general.alignment", u32_type).u32(std::uint32_t{1} << 31U);
  file.tensors[1].offset = std::uint32_t{1} << 31U;
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "the file ends at");
}

TEST(Gguf, RefusesTensorsThatCannotBeThere) {
  const auto with = [](const GgufFile::Tensor& tensor) {
    GgufFile file = small_file();
    file.tensors[1] = tensor;
    return read_weights("m.gguf", file.content());
  };
  expect_refused(with({.name = "t", .shape = {5}, .offset = 32}), "m.gguf", "begins within");
  expect_refused(with({.name = "t", .shape = {5}, .offset = 161}), "m.gguf", "alignment 32");
  expect_refused(with({.name = "t", .shape = {5}, .offset = 192}), "m.gguf", "the file ends at");
  expect_refused(with({.name = "t", .shape = {5}, .offset = UINT64_MAX - 31}), "m.gguf", "64 bits");
  expect_refused(with({.name = "t", .shape = {UINT64_MAX / 4, 8}, .offset = 160}), "m.gguf",
                 "more bytes than 64 bits");
  expect_refused(with({.name = "t", .shape = {33}, .type = 8, .offset = 160}), "m.gguf",
                 "blocks of 32");
  expect_refused(with({.name = "blk.3.attn_q.weight", .shape = {5}, .offset = 160}), "m.gguf",
                 "two tensors 'blk.3.attn_q.weight'");
  expect_refused(with({.name = std::string(70'000, 'n'), .shape = {5}, .offset = 160}), "m.gguf",
                 "70000 bytes");
  expect_refused(with({.name = "a\n\x1b[31m", .shape = {33}, .type = 8, .offset = 160}), "m.gguf",
                 "'a\\x0a\\x1b[31m'");
}

// A tensor of one byte for each of 2^32 "experts" in a sparse file would be as many ranges.
TEST(Gguf, BoundsTheNumberOfSlices) {
  GgufFile file;
  for (std::uint64_t i = 0; i < 300; ++i) {
    file.tensors.push_back({.name = "blk.0.t" + std::to_string(i) + "_exps",
                            .shape = {1, 1, 4096},
                            .type = 24,
                            .offset = i * 4096});
  }
  file.data_bytes = 300 * 4096;
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "slices of experts");
  file.tensors.resize(1);
  file.tensors[0].shape = {1, 1, 4097};
  const auto model = read_weights("m.gguf", file.content());
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors[0].experts, 0U);
}

TEST(Gguf, SaysWhichVersionsItDoesNotRead) {
  GgufFile file = small_file();
  for (const std::uint32_t version : {1U, 0x03000000U}) {
    file.version = version;
    const auto model = read_weights("m.gguf", file.content());
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().kind, ErrorKind::unsupported) << model.error().message;
    EXPECT_FALSE(model.error().hint.empty());
  }
  file.version = 9;
  expect_refused(read_weights("m.gguf", file.content()), "m.gguf", "version 9");
}

}  // namespace
}  // namespace bytepath::weights
