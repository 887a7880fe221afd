#include "symbols/code_names.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "host/libc_image.h"
#include "symbols/frame_ranges.h"

namespace bytepath::symbols {
namespace {

constexpr const char* libc_path = "/lib/x86_64-linux-gnu/libc.so.6";

// The libc of this host, and what glibc itself says of its variants.
class CodeNamesOf : public testing::Test {
 protected:
  void SetUp() override {
    const auto content = read_file(libc_path);
    if (!content) GTEST_SKIP() << "no glibc where Debian keeps it: " << content.error().message;
    bytes_.assign(content->begin(), content->end());
    auto file = code::ElfFile::from_bytes(bytes_, "libc.so.6");
    ASSERT_TRUE(file) << file.error().message;
    if (file->build_id() != own_.build_id || own_.names.empty())
      GTEST_SKIP() << "this program has another libc";
    frames_ = frame_ranges(*file);
    ASSERT_FALSE(frames_.empty());
    own_build_id_ = file->build_id();
  }

  // The same with another build id, as a libc of another host would have.
  Result<code::ElfFile> foreign_libc() const {
    std::vector<std::uint8_t> id;
    for (std::size_t i = 0; i + 1 < own_build_id_.size(); i += 2)
      id.push_back(static_cast<std::uint8_t>(std::stoul(own_build_id_.substr(i, 2), nullptr, 16)));
    std::vector<std::uint8_t> bytes = bytes_;
    const auto found = std::ranges::search(bytes, id);
    if (!found.empty()) ++found.front();
    return code::ElfFile::from_bytes(bytes, "libc.so.6");
  }

  // Where one of the functions in the list begins and ends; nothing without unwind tables for it.
  const AddressRange* range_of(const code::Symbol& symbol) const {
    const AddressRange* range = range_at(frames_, symbol.address);
    return range != nullptr && range->start == symbol.address ? range : nullptr;
  }

  const host::OwnLibc own_ = host::own_libc();
  std::vector<std::uint8_t> bytes_;
  std::vector<AddressRange> frames_;
  std::string own_build_id_;
};

TEST_F(CodeNamesOf, OurOwnLibcAreThoseOfItsList) {
  const auto file = code::ElfFile::from_bytes(bytes_, "libc.so.6");
  ASSERT_TRUE(file);
  CodeNames names;
  std::size_t named = 0;
  for (const code::Symbol& symbol : own_.names) {
    const AddressRange* range = range_of(symbol);
    if (range == nullptr) continue;
    const CodeNames::Name* name = names.find(*file, libc_path, *range);
    if (name == nullptr) continue;
    EXPECT_FALSE(name->by_code);
    EXPECT_TRUE(std::ranges::any_of(own_.names, [&](const code::Symbol& other) {
      return other.address == symbol.address && other.name == name->text;
    })) << name->text;
    ++named;
  }
  EXPECT_GT(named, 10U);
}

TEST_F(CodeNamesOf, AForeignLibcAreToldFromItsCode) {
  const auto file = foreign_libc();
  ASSERT_TRUE(file);
  ASSERT_NE(file->build_id(), own_build_id_);
  CodeNames names;
  std::size_t named = 0;
  for (const code::Symbol& symbol : own_.names) {
    const AddressRange* range = range_of(symbol);
    if (range == nullptr) continue;
    const CodeNames::Name* name = names.find(*file, libc_path, *range);
    if (name == nullptr) continue;
    EXPECT_TRUE(name->by_code);
    EXPECT_TRUE(symbol.name.ends_with("_erms") || symbol.name.ends_with("_erms_rtm"))
        << symbol.name << " was told to be " << name->text;
    EXPECT_FALSE(symbol.name.contains("memset")) << name->text;
    EXPECT_TRUE(name->text.starts_with("copy_")) << name->text;
    EXPECT_TRUE(name->text.contains("erms")) << name->text;
    ++named;
  }
  EXPECT_GT(named, 2U);
}

TEST_F(CodeNamesOf, OtherFunctionsAreNotGuessed) {
  const auto file = foreign_libc();
  ASSERT_TRUE(file);
  CodeNames names;
  const auto symbol = file->find_symbol("printf");
  ASSERT_TRUE(symbol);
  const AddressRange* range = range_at(frames_, symbol->address);
  ASSERT_NE(range, nullptr);
  EXPECT_EQ(names.find(*file, libc_path, *range), nullptr);
}

}  // namespace
}  // namespace bytepath::symbols
