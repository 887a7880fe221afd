#include "weights/format.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/read_weights.h"
#include "tests/support/temporary_folder.h"

namespace bytepath::weights {
namespace {

using test::expect_refused;
using test::read_weights;
using test::TemporaryFolder;

TEST(Format, IsKnownByItsFirstBytesAndNotByItsName) {
  test::GgufFile gguf;
  gguf.tensors = {{.name = "t", .shape = {8}}};
  gguf.data_bytes = 32;
  const std::string safetensors =
      test::safetensors_file(R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4);
  const test::ZipFile zip{.entries = {{.name = "a/data/0", .content = "x"}}};
  EXPECT_EQ(read_weights("m.onnx", gguf.content())->format, "gguf");
  EXPECT_EQ(read_weights("m.gguf", safetensors)->format, "safetensors");
  EXPECT_EQ(read_weights("m", zip.content())->format, "pytorch");
}

TEST(Format, SaysWhatIsNoModel) {
  for (const char* const content : {"some text", "\x80\x02}q\x01.", ":root { color: red }", "x"}) {
    const auto model = read_weights("notes.txt", content);
    ASSERT_FALSE(model) << content;
    EXPECT_EQ(model.error().kind, ErrorKind::unsupported);
    EXPECT_NE(model.error().hint.find("--grid"), std::string::npos);
  }
  expect_refused(read_weights("m.gguf", ""), "m.gguf", "empty");
}

TEST(Grid, CutsAnyFileIntoPieces) {
  const auto model = read_weights("m.txt", std::string(2500, 'x'), {}, {.grid = 1000});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->format, "grid");
  ASSERT_EQ(model->tensors.size(), 3U);
  EXPECT_EQ(model->tensors[1].name, "0x3e8");
  EXPECT_EQ(model->tensors[1].offset, 1000U);
  EXPECT_EQ(model->tensors[2].size, 500U);
  EXPECT_EQ(read_weights("m", "xyz", {}, {.grid = UINT64_MAX})->tensors.size(), 1U);
}

TEST(Grid, RefusesMorePiecesThanItCounts) {
  const auto model = read_weights("m.txt", std::string(max_tensors + 5, 'x'), {}, {.grid = 1});
  expect_refused(model, "m.txt", "1000005 pieces");
  EXPECT_EQ(model.error().hint, "--grid 2");
}

TEST(OpenModel, ReadsAFileAndSaysWhichItWas) {
  const TemporaryFolder folder;
  test::GgufFile gguf;
  gguf.tensors = {{.name = "t", .shape = {8}}};
  gguf.data_bytes = 32;
  const std::string path = folder.write("m.gguf", gguf.content());
  const auto model = open_model(path);
  ASSERT_TRUE(model) << model.error().message;
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(model->files[0].path, path);
  EXPECT_EQ(model->files[0].size, static_cast<std::uint64_t>(status.st_size));
  EXPECT_EQ(model->files[0].inode, status.st_ino);
  EXPECT_EQ(model->files[0].device, status.st_dev);
}

TEST(OpenModel, FindsTheOtherPartsInTheFolder) {
  const TemporaryFolder folder;
  for (std::uint16_t i = 0; i < 2; ++i) {
    test::GgufFile gguf;
    gguf.pair("split.no", 2).u16(i);
    gguf.pair("split.count", 2).u16(2);
    gguf.tensors = {{.name = "t" + std::to_string(i), .shape = {8}}};
    gguf.data_bytes = 32;
    folder.write("m-0000" + std::to_string(i + 1) + "-of-00002.gguf", gguf.content());
  }
  const auto model = open_model(folder.at("m-00002-of-00002.gguf"));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors.size(), 2U);
}

TEST(OpenModel, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  const auto kind = [](const std::string& path) { return open_model(path).error().kind; };
  EXPECT_EQ(kind(folder.at("none.gguf")), ErrorKind::usage);
  EXPECT_EQ(kind(folder.path()), ErrorKind::usage);
  ASSERT_EQ(::mkfifo(folder.at("pipe").c_str(), 0600), 0);
  EXPECT_EQ(kind(folder.at("pipe")), ErrorKind::usage);
  EXPECT_EQ(kind("/dev/zero"), ErrorKind::usage);
}

// What a download of 40 GB with 10,000 tensors looks like; only its header is on the disk.
TEST(OpenModel, ReadsNoMoreThanTheHeaderOfALargeFile) {
  constexpr std::uint64_t tensors = 10'000;
  constexpr std::uint64_t tensor_bytes = 4'000'000;
  const TemporaryFolder folder;
  test::GgufFile gguf;
  for (std::uint64_t i = 0; i < tensors; ++i) {
    gguf.tensors.push_back({.name = "blk." + std::to_string(i / 10) + ".w" + std::to_string(i % 10),
                            .shape = {1000, 1000},
                            .offset = i * tensor_bytes});
  }
  const std::string path = folder.write("m.gguf", gguf.content());
  ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(tensors * tensor_bytes + (1U << 20U))), 0);
  const auto model = open_model(path);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors.size(), tensors);
  EXPECT_EQ(model->tensors.back().layer, 999);
}

}  // namespace
}  // namespace bytepath::weights
