#include "weights/protobuf.h"

#include <gtest/gtest.h>

#include "tests/support/weights_files.h"
#include "weights/onnx_tensor.h"

namespace bytepath::weights {
namespace {

using test::Message;

class Protobuf : public testing::Test {
 protected:
  // The tensor is the one field of a file; that many more may be read for it.
  static Result<OnnxTensor> read_tensor(const Message& tensor, std::uint64_t fields) {
    const std::string content = Message().bytes(5, tensor.content()).content();
    const MemorySource source("m", std::as_bytes(std::span(content)));
    ProtobufFile file{.reader = ByteReader(source), .most_fields = fields + 1};
    BYTEPATH_TRY(field, ProtobufWalk(file).next());
    return read_onnx_tensor(file, field.value_or(ProtobufField{}));
  }

  static void expect_costs(const Message& tensor, std::uint64_t fields) {
    const auto read = read_tensor(tensor, fields);
    EXPECT_TRUE(read) << read.error().message;
    const auto refused = read_tensor(tensor, fields - 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_NE(refused.error().message.find("more than"), std::string::npos)
        << refused.error().message;
  }
};

TEST_F(Protobuf, CountsEmptyFields) {
  Message many;
  for (int i = 0; i < 100; ++i) many.bytes(13, "");
  expect_costs(many, 100);
}

TEST_F(Protobuf, CountsFieldsOfMessagesWithin) {
  Message entry;
  for (int i = 0; i < 50; ++i) entry.bytes(3, "");
  expect_costs(Message().bytes(13, entry.content()).bytes(13, entry.content()), 102);
}

TEST_F(Protobuf, CountsNumbersOfARow) {
  expect_costs(Message().bytes(1, std::string(60, '\1')), 61);
}

}  // namespace
}  // namespace bytepath::weights
