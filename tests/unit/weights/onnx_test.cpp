#include "weights/onnx.h"

#include <gtest/gtest.h>

#include "tests/support/read_weights.h"

namespace bytepath::weights {
namespace {

using test::expect_refused;
using test::MemoryFiles;
using test::Message;
using test::onnx_external;
using test::onnx_file;
using test::onnx_tensor;
using test::read_weights;

constexpr std::uint64_t float_type = 1;
constexpr std::uint64_t float16_type = 10;
constexpr std::uint64_t int4_type = 22;

TEST(Onnx, ReadsInitializersOfItsOwnFile) {
  const std::string content = onnx_file(
      {onnx_tensor("model.layers.4.w", {2, 3}, float16_type).bytes(9, "abcdefghijkl"),
       onnx_tensor("h/5/small", {2}, float_type).bytes(4, "12345678"),
       onnx_tensor("packed", {}, int4_type).bytes(1, Message().value(3).content()).bytes(9, "zz"),
       onnx_tensor("empty", {0}, float_type)});
  const auto model = read_weights("m.onnx", content);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->format, "onnx");
  ASSERT_EQ(model->tensors.size(), 3U);
  const Tensor& first = model->tensors[0];
  EXPECT_EQ(first.type, "FLOAT16");
  EXPECT_EQ(first.layer, 4);
  EXPECT_EQ(first.shape, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(content.substr(first.offset, first.size), "abcdefghijkl");
  EXPECT_EQ(content.substr(model->tensors[1].offset, model->tensors[1].size), "12345678");
  EXPECT_EQ(model->tensors[1].layer, 5);
  EXPECT_EQ(model->tensors[2].shape, (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(model->tensors[2].size, 2U) << "three numbers of 4 bits";
}

TEST(Onnx, IsKnownWithoutItsSuffix) {
  const std::string content = onnx_file({onnx_tensor("w", {2}, float_type).bytes(9, "12345678")});
  const auto model = read_weights("m.bin", content);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->format, "onnx");
  EXPECT_EQ(read_weights("m.bin", content.substr(0, content.size() - 1)).error().kind,
            ErrorKind::unsupported);
}

TEST(Onnx, ReadsExternalData) {
  MemoryFiles files;
  files.files["d/m.onnx.data"] = std::string(256, 'x');
  const auto model = read_weights(
      "d/m.onnx",
      onnx_file({onnx_external(onnx_tensor("a", {8}, float_type),
                               {{"location", "m.onnx.data"}, {"offset", "64"}, {"length", "32"}}),
                 onnx_external(onnx_tensor("b", {4}, float_type), {{"location", "m.onnx.data"}}),
                 onnx_external(onnx_tensor("tied", {8}, float_type),
                               {{"location", "m.onnx.data"}, {"offset", "64"}})}),
      files);
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->files.size(), 2U);
  EXPECT_EQ(model->files[1].path, "d/m.onnx.data");
  ASSERT_EQ(model->tensors.size(), 2U);
  EXPECT_EQ(model->tensors[0].name, "b");
  EXPECT_EQ(model->tensors[0].offset, 0U);
  EXPECT_EQ(model->tensors[0].size, 16U);
  EXPECT_EQ(model->tensors[1].name, "a = tied");
  EXPECT_EQ(model->tensors[1].offset, 64U);
  EXPECT_EQ(model->tensors[1].file, 1U);
}

TEST(Onnx, KnowsADataFileUnderEverySpelling) {
  MemoryFiles files;
  files.files["d/x"] = std::string(64, 'x');
  const auto read_two = [&](const std::string& offset) {
    return read_weights(
        "d/m.onnx",
        onnx_file({onnx_external(onnx_tensor("a", {8}, float_type), {{"location", "x"}}),
                   onnx_external(onnx_tensor("b", {8}, float_type),
                                 {{"location", ".//./x"}, {"offset", offset}})}),
        files);
  };
  expect_refused(read_two("16"), "d/x", "begins within");
  const auto model = read_two("32");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->files.size(), 2U);
  ASSERT_EQ(model->tensors.size(), 2U);
  EXPECT_EQ(model->tensors[1].file, model->tensors[0].file);
}

TEST(Onnx, KnowsItselfAsItsDataFile) {
  const std::string content =
      onnx_file({onnx_external(onnx_tensor("a", {2}, float_type), {{"location", "./m.onnx"}}),
                 onnx_tensor("b", {2}, float_type).bytes(9, "12345678")});
  MemoryFiles files;
  files.files["d/m.onnx"] = content;
  const auto model = read_weights("d/m.onnx", content, files);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->files.size(), 1U);
  ASSERT_EQ(model->tensors.size(), 2U);
  EXPECT_EQ(model->tensors[0].file, 0U);
  EXPECT_EQ(model->tensors[1].file, 0U);
}

TEST(Onnx, RefusesExternalDataThatCannotBe) {
  using Entries = std::vector<std::pair<std::string, std::string>>;
  const std::vector<std::pair<Entries, std::string>> cases = {
      {{{"location", "../secret"}}, "not within its own folder"},
      {{{"location", "a/../../b"}}, "not within its own folder"},
      {{{"location", "/etc/passwd"}}, "not within its own folder"},
      {{}, "not within its own folder"},
      {{{"location", "gone"}}, "cannot open d/gone"},
      {{{"location", "x"}, {"offset", "-4"}}, "the offset '-4'"},
      {{{"location", "x"}, {"offset", "99999999999999999999"}}, "the offset"},
      {{{"location", "x"}, {"length", "1e3"}}, "the length '1e3'"},
      {{{"location", "x"}, {"length", "33"}}, "33 bytes, and its shape"},
      {{{"location", "x"}, {"offset", "40"}}, "the file ends at"},
      {{{"location", "x"}, {"offset", "18446744073709551615"}}, "the file ends at"},
  };
  MemoryFiles files;
  files.files["d/x"] = std::string(64, 'x');
  for (const auto& [entries, reason] : cases) {
    SCOPED_TRACE(reason);
    const auto model = read_weights(
        "d/m.onnx", onnx_file({onnx_external(onnx_tensor("a", {8}, float_type), entries)}), files);
    ASSERT_FALSE(model);
    EXPECT_NE(model.error().message.find(reason), std::string::npos) << model.error().message;
    EXPECT_EQ(model.error().kind, ErrorKind::usage);
    EXPECT_FALSE(model.error().hint.empty());
  }
}

TEST(Onnx, RefusesOverlapsAndTheSameNameTwice) {
  MemoryFiles files;
  files.files["x"] = std::string(64, 'x');
  expect_refused(
      read_weights("m.onnx",
                   onnx_file({onnx_external(onnx_tensor("a", {8}, float_type), {{"location", "x"}}),
                              onnx_external(onnx_tensor("b", {8}, float_type),
                                            {{"location", "x"}, {"offset", "16"}})}),
                   files),
      "x", "begins within");
  const Message tensor = onnx_tensor("a", {1}, float_type).bytes(9, "1234");
  expect_refused(read_weights("m.onnx", onnx_file({tensor, tensor})), "m.onnx", "two tensors 'a'");
  expect_refused(read_weights("m.onnx", onnx_file({onnx_tensor("", {1}, float_type)})), "m.onnx",
                 "no name");
}

TEST(Onnx, RefusesMessagesThatCannotBe) {
  const auto tensor = [](Message message) { return onnx_file({std::move(message)}); };
  expect_refused(read_weights("m.onnx", tensor(onnx_tensor("a", {2}, float_type).bytes(9, "1234"))),
                 "m.onnx", "4 bytes, and its shape");
  expect_refused(read_weights("m.onnx", tensor(onnx_tensor("a", {UINT64_MAX}, float_type))),
                 "m.onnx", "negative dimension");
  Message many;
  for (int i = 0; i < 65; ++i) many.varint(1, 1);
  expect_refused(read_weights("m.onnx", tensor(many)), "m.onnx", "more than 64");
  expect_refused(read_weights("m.onnx", tensor(onnx_tensor(std::string(70'000, 'n'), {}, 1))),
                 "m.onnx", "70000 bytes");
  const std::string ones(40, '\xff');
  expect_refused(read_weights("m.onnx", ones), "m.onnx", "more than 64 bits");
  expect_refused(read_weights("m.onnx", "\x08" + std::string(9, '\xff') + "\x02"), "m.onnx",
                 "more than 64 bits");
  expect_refused(read_weights("m.onnx", Message().varint(1, 8).key(7, 2).value(99).content()),
                 "m.onnx", "a field of 99 bytes");
  expect_refused(
      read_weights("m.onnx", Message().varint(1, 8).key(7, 2).value(UINT64_MAX).content()),
      "m.onnx", "18446744073709551615 bytes");
  expect_refused(read_weights("m.onnx", Message().key(1, 3).content()), "m.onnx", "wire type 3");
  expect_refused(read_weights("m.onnx", Message().key(0, 0).value(0).content()), "m.onnx",
                 "no field");
}

TEST(Onnx, RefusesEveryTruncation) {
  const std::string whole = onnx_file({onnx_tensor("w", {2}, float_type).bytes(9, "12345678")});
  const std::size_t graph_end = whole.size() - 4;  // behind it: the operator set
  for (std::size_t size = 10; size < graph_end; ++size) {
    const auto model = read_weights("m.onnx", whole.substr(0, size));
    ASSERT_FALSE(model) << size;
    EXPECT_EQ(model.error().kind, ErrorKind::usage) << model.error().message;
  }
}

}  // namespace
}  // namespace bytepath::weights
