#include "trace/kernel_text.h"

#include <gtest/gtest.h>

#include <optional>

namespace bytepath::trace {
namespace {

// Every 64-bit x86 kernel since 2.6 has it.
constexpr const char* known_symbol = "_copy_to_user";

class LiveKernelText : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = KernelTextReader::open();
    if (!opened) {
      EXPECT_FALSE(opened.error().message.empty());
      GTEST_SKIP() << opened.error().message << " (" << opened.error().hint << ")";
    }
    reader_.emplace(std::move(*opened));
    const auto text = reader_->read(known_symbol, 1);
    if (!text && text.error().kind == ErrorKind::denied) GTEST_SKIP() << text.error().message;
  }
  std::optional<KernelTextReader> reader_;
};

TEST_F(LiveKernelText, IsTheSameByNameAndByAddress) {
  const auto by_name = reader_->read(known_symbol, 64);
  ASSERT_TRUE(by_name) << by_name.error().message;
  EXPECT_EQ(by_name->bytes.size(), 64U);
  EXPECT_GE(by_name->address, 0xffff800000000000U);
  const auto by_address = reader_->read_at(by_name->address, 32);
  ASSERT_TRUE(by_address) << by_address.error().message;
  EXPECT_EQ(by_address->bytes,
            std::vector<std::uint8_t>(by_name->bytes.begin(), by_name->bytes.begin() + 32));
}

TEST_F(LiveKernelText, SaysWhenThereIsNoSuchSymbol) {
  const auto text = reader_->read("bytepath_no_such_function", 64);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::unsupported);
  EXPECT_FALSE(reader_->read("", 64));
  EXPECT_FALSE(reader_->read(std::string(4000, 'x'), 64));
}

TEST_F(LiveKernelText, SaysWhenNothingIsMapped) {
  EXPECT_FALSE(reader_->read_at(0, 8));
  EXPECT_FALSE(reader_->read_at(0xffff'ffff'ffff'0000, 8));
}

TEST_F(LiveKernelText, GivesAtMostItsBuffer) {
  const auto text = reader_->read(known_symbol, std::size_t{1} << 20);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->bytes.size(), KernelTextReader::max_bytes);
}

}  // namespace
}  // namespace bytepath::trace
