#include "weights/torch_zip.h"

#include <gtest/gtest.h>

#include "tests/support/read_weights.h"

namespace bytepath::weights {
namespace {

using test::expect_refused;
using test::read_weights;
using test::ZipFile;

ZipFile small_zip() {
  return {.entries = {{.name = "m/data.pkl", .content = "pickle"},
                      {.name = "m/byteorder", .content = "little"},
                      {.name = "m/data/0", .content = "first"},
                      {.name = "m/data/10", .content = "second"},
                      {.name = "m/data/x", .content = "no storage"},
                      {.name = "m/version", .content = "3\n"}}};
}

TEST(TorchZip, ListsTheStorages) {
  for (const bool zip64 : {false, true}) {
    ZipFile zip = small_zip();
    zip.zip64 = zip64;
    const std::string content = zip.content();
    const auto model = read_weights("m.pt", content);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->format, "pytorch");
    ASSERT_EQ(model->tensors.size(), 2U);
    EXPECT_EQ(model->tensors[0].name, "m/data/0");
    EXPECT_EQ(model->tensors[0].offset % 64, 0U);
    EXPECT_EQ(content.substr(model->tensors[0].offset, model->tensors[0].size), "first");
    EXPECT_EQ(content.substr(model->tensors[1].offset, model->tensors[1].size), "second");
  }
}

TEST(TorchZip, FindsItsEndBeforeAComment) {
  std::string content = small_zip().content();
  content[content.size() - 2] = 4;
  const auto model = read_weights("m.pt", content + "note");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors.size(), 2U);
}

TEST(TorchZip, IsNoOtherZip) {
  ZipFile zip{.entries = {{.name = "word/document.xml", .content = "x"}}};
  EXPECT_EQ(read_weights("m.zip", zip.content()).error().kind, ErrorKind::unsupported);
  zip = small_zip();
  zip.entries[2].method = 8;
  const auto model = read_weights("m.pt", zip.content());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().kind, ErrorKind::unsupported);
  EXPECT_NE(model.error().message.find("compressed"), std::string::npos) << model.error().message;
}

TEST(TorchZip, RefusesOffsetsThatAreWrong) {
  for (const bool zip64 : {false, true}) {
    for (const std::uint64_t shift : {1U, 1'000'000U}) {
      ZipFile zip = small_zip();
      zip.zip64 = zip64;
      zip.shift = shift;
      expect_refused(read_weights("m.pt", zip.content()), "m.pt", "entry");
    }
  }
}

// The end record, 22 bytes before the end, with other numbers in it.
std::string with_end(std::size_t at, std::string_view bytes) {
  std::string content = small_zip().content();
  return content.replace(content.size() - 22 + at, bytes.size(), bytes);
}

TEST(TorchZip, RefusesAListThatCannotBe) {
  expect_refused(read_weights("m.pt", with_end(10, "\xfe\xff")), "m.pt", "65534 entries");
  expect_refused(read_weights("m.pt", with_end(10, "\x07")), "m.pt", "byte");
  expect_refused(read_weights("m.pt", with_end(12, "\xff\xff\xff\x7f")), "m.pt", "cannot be");
  expect_refused(read_weights("m.pt", with_end(12, "\xff\xff")), "m.pt", "not before");
  expect_refused(read_weights("m.pt", with_end(16, "\xff\xff\xff\x7f")), "m.pt", "not before");
  expect_refused(read_weights("m.pt", with_end(16, "\x01")), "m.pt", "no entry");
  expect_refused(read_weights("m.pt", with_end(16, "\xff\xff\xff\xff")), "m.pt", "zip64");
}

TEST(TorchZip, RefusesTheSameEntryTwiceAndEntriesWithinOthers) {
  ZipFile zip = small_zip();
  zip.entries[3].name = "m/data/0";
  expect_refused(read_weights("m.pt", zip.content()), "m.pt", "two tensors 'm/data/0'");
}

TEST(TorchZip, RefusesEveryTruncation) {
  ZipFile zip = small_zip();
  zip.zip64 = true;
  const std::string whole = zip.content();
  for (std::size_t size = 4; size < whole.size(); ++size) {
    expect_refused(read_weights("m.pt", whole.substr(0, size)), "m.pt", "");
  }
}

}  // namespace
}  // namespace bytepath::weights
