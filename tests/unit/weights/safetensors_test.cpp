#include "weights/safetensors.h"

#include <gtest/gtest.h>

#include "tests/support/read_weights.h"

namespace bytepath::weights {
namespace {

using test::expect_refused;
using test::MemoryFiles;
using test::read_weights;
using test::safetensors_file;

constexpr std::string_view small_header =
    R"({"__metadata__":{"format":"pt","more":"x"},)"
    R"("model.layers.2.mlp.experts.7.up_proj.weight":{"dtype":"BF16","shape":[2,3],"data_offsets":[4,16]},)"
    R"("s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
    R"("none":{"dtype":"F32","shape":[0,5],"data_offsets":[16,16]}}   )";

TEST(Safetensors, ReadsTensorsWithTheirPlaces) {
  const auto model = read_weights("m.safetensors", safetensors_file(small_header, 16));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->format, "safetensors");
  ASSERT_EQ(model->tensors.size(), 3U);
  const std::uint64_t data = 8 + small_header.size();
  EXPECT_EQ(model->tensors[0].name, "s");
  EXPECT_EQ(model->tensors[0].offset, data);
  const Tensor& expert = model->tensors[1];
  EXPECT_EQ(expert.type, "BF16");
  EXPECT_EQ(expert.shape, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(expert.offset, data + 4);
  EXPECT_EQ(expert.size, 12U);
  EXPECT_EQ(expert.layer, 2);
  EXPECT_EQ(expert.expert, 7);
  EXPECT_EQ(model->tensors[2].size, 0U);
}

TEST(Safetensors, SlicesStackedExperts) {
  constexpr std::string_view header =
      R"({"model.layers.0.mlp.experts.gate_up_proj":{"dtype":"U8","shape":[4,2,2],"data_offsets":[0,16]},)"
      R"("model.layers.0.mlp.experts.gate_up_proj_bias":{"dtype":"U8","shape":[4,2],"data_offsets":[16,24]},)"
      R"("model.layers.0.mlp.experts.down_proj_blocks":{"dtype":"U8","shape":[4,1,1,2],"data_offsets":[24,32]},)"
      R"("model.layers.0.mlp.shared_experts.up":{"dtype":"U8","shape":[2,2,2],"data_offsets":[32,40]}})";
  const auto model = read_weights("m.safetensors", safetensors_file(header, 40));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors[0].experts, 4U);
  EXPECT_EQ(model->tensors[1].experts, 4U);
  EXPECT_EQ(model->tensors[2].experts, 4U);
  EXPECT_EQ(model->tensors[3].experts, 0U);
}

TEST(Safetensors, TakesTypesThatItDoesNotKnowAtTheirWord) {
  const auto model =
      read_weights("m.safetensors",
                   safetensors_file(R"({"a":{"dtype":"Q9","shape":[3],"data_offsets":[0,7]}})", 7));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors[0].type, "Q9");
  EXPECT_EQ(model->tensors[0].size, 7U);
}

TEST(Safetensors, RefusesHeadersThatCannotBe) {
  struct Case {
    std::string_view header;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
       "two tensors 'a'"},
      {R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
       "begins within"},
      {R"({"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}})", "the file ends at"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}})", "data_offsets 4 and 0"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[18446744073709551610,18446744073709551614]}})",
       "data_offsets 18446744073709551610"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}})", "what its shape"},
      {R"({"a":{"dtype":"F32","shape":[4611686018427387904,16],"data_offsets":[0,0]}})",
       "what its shape"},
      {R"({"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}})", "a negative number"},
      {R"({"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}})", "a fraction"},
      {R"({"a":{"dtype":"U8","shape":[[4]],"data_offsets":[0,4]}})", "an array"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}})", "a number"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}})", "lacks"},
      {R"({"a":{"shape":[4],"data_offsets":[0,4]}})", "lacks its dtype"},
      {R"({"a":{"dtype":"U8","data_offsets":[0,0]}})", "lacks"},
      {R"({"a":{"dtype":"U8","shape":[1],"shape":[4],"data_offsets":[0,4]}})", "two shapes"},
      {R"({"a":7})", "'a' has a number"},
      {R"({"a":{"dtype":{"x":1}}})", "an object"},
      {R"({"a":{"dtype":"U8")", "JSON"},
      {"{\"a\xff\":{}}", "JSON"},
      {R"({"__metadata__":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}}})", "nested"},
  };
  for (const Case& hostile : cases) {
    SCOPED_TRACE(hostile.header);
    expect_refused(read_weights("m.safetensors", safetensors_file(hostile.header, 8)),
                   "m.safetensors", hostile.reason);
  }
}

TEST(Safetensors, RefusesLengthsThatCannotBe) {
  for (const std::uint64_t length : {std::uint64_t{100'000'001}, std::uint64_t{1} << 63U}) {
    const std::string content = test::Bytes().u64(length).raw("{\"a\":{}}").content();
    expect_refused(read_weights("m.safetensors", content), "m.safetensors",
                   std::to_string(length) + " bytes, more than 100000000");
  }
  const std::string content = test::Bytes().u64(1000).raw("{\"a\":{}}").content();
  expect_refused(read_weights("m.safetensors", content), "m.safetensors", "the file ends at");
  expect_refused(read_weights("m.safetensors", "short"), "m.safetensors", "the file ends at");
}

MemoryFiles sharded() {
  MemoryFiles out;
  out.files["d/a.safetensors"] =
      safetensors_file(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4);
  out.files["d/b.safetensors"] =
      safetensors_file(R"({"y":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4);
  return out;
}

constexpr const char* index_path = "d/model.safetensors.index.json";

TEST(SafetensorsIndex, ReadsAllFilesThatItNames) {
  const auto model = read_weights(
      index_path,
      R"({"metadata":{"total_size":8,"x":[{"y":1}]},"weight_map":{"x":"a.safetensors","y":"b.safetensors"}})",
      sharded());
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->files.size(), 2U);
  EXPECT_EQ(model->files[1].path, "d/b.safetensors");
  ASSERT_EQ(model->tensors.size(), 2U);
  EXPECT_EQ(model->tensors[1].name, "y");
  EXPECT_EQ(model->tensors[1].file, 1U);
}

TEST(SafetensorsIndex, RefusesWhatCannotBe) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"weight_map":{"x":"c.safetensors"}})", "cannot open d/c.safetensors"},
      {R"({"weight_map":{"x":"../a.safetensors"}})", "not within its own folder"},
      {R"({"weight_map":{"x":"/etc/passwd"}})", "not within its own folder"},
      {R"({"weight_map":{"x":""}})", "not within its own folder"},
      {R"({"weight_map":{"x":"b.safetensors"}})", "'b.safetensors', where it is not"},
      {R"({"weight_map":{"x":"b.safetensors","y":"a.safetensors"}})", "where it is not"},
      {R"({"weight_map":{"z":"a.safetensors"}})", "where it is not"},
      {R"({"weight_map":{"x":5}})", "a number for 'x'"},
      {R"({"weight_map":[1]})", "no object"},
      {R"({"weight_map":{"x":"a.saf)", "JSON"},
  };
  for (const auto& [content, reason] : cases) {
    SCOPED_TRACE(content);
    expect_refused(read_weights(index_path, content, sharded()), index_path, reason);
  }
}

TEST(SafetensorsIndex, ReadsAFileOnceUnderEverySpelling) {
  MemoryFiles files = sharded();
  files.files["d/a.safetensors"] = safetensors_file(
      R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"z":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
      8);
  const auto model = read_weights(
      index_path,
      R"({"weight_map":{"x":"a.safetensors","z":"./a.safetensors","y":"b.safetensors"}})", files);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->files.size(), 2U);
  EXPECT_EQ(model->tensors.size(), 3U);
  expect_refused(
      read_weights(
          index_path,
          R"({"weight_map":{"x":"a.safetensors","z":"./a.safetensors","y":".//a.safetensors"}})",
          files),
      index_path, "'.//a.safetensors', where it is not");
}

TEST(SafetensorsIndex, RefusesTheSameNameInTwoFiles) {
  MemoryFiles files = sharded();
  files.files["d/b.safetensors"] = files.files["d/a.safetensors"];
  expect_refused(read_weights(index_path,
                              R"({"weight_map":{"x":"a.safetensors","y":"b.safetensors"}})", files),
                 "d/b.safetensors", "two tensors 'x'");
}

TEST(SafetensorsIndex, IsNoOtherJson) {
  for (const char* const content : {R"({"a":1})", "{}", "[{\"x\":1}]"}) {
    const auto model = read_weights("d/config.json", content, sharded());
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().kind, ErrorKind::unsupported) << model.error().message;
  }
}

}  // namespace
}  // namespace bytepath::weights
