#include "copies/scan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "support/small_elf.h"
#include "support/temporary_folder.h"

namespace bytepath::copies {
namespace {

using tests::as_text;
using tests::small_elf;
using tests::small_elf_code;

Result<ScannedFile> scan(std::vector<std::uint8_t> bytes, bool* interrupted = nullptr,
                         const Progress& progress = no_progress) {
  BYTEPATH_TRY(file, code::ElfFile::from_bytes(std::move(bytes), "small"));
  bool ignored = false;
  return scan_image(file, "small", progress, interrupted == nullptr ? ignored : *interrupted);
}

TEST(ScanForCopies, FindsEachWidthAtItsAddress) {
  // nop; rep movsb; rep movsq; rep movsd; rep movsw; movsb; rep stosb; ret
  const auto found = scan(small_elf(
      {0x90, 0xf3, 0xa4, 0xf3, 0x48, 0xa5, 0xf3, 0xa5, 0xf3, 0x66, 0xa5, 0xa4, 0xf3, 0xaa, 0xc3}));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->copies.size(), 4U);
  const std::vector<std::pair<std::uint64_t, int>> wanted = {{1, 1}, {3, 8}, {6, 4}, {8, 2}};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(found->copies[i].place.address, small_elf_code + wanted[i].first);
    EXPECT_EQ(found->copies[i].element_bytes, wanted[i].second);
    EXPECT_EQ(found->copies[i].kind, SiteKind::program);
  }
  EXPECT_EQ(found->code_bytes, 15U);
  EXPECT_EQ(found->undecoded_bytes, 0U);
}

TEST(ScanForCopies, TakesNoBytesWithinAnotherInstruction) {
  const auto found = scan(small_elf({0xb8, 0xf3, 0xa4, 0xf3, 0xa4, 0xc3}));  // mov eax, 0xa4f3a4f3
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->copies.empty());
  EXPECT_EQ(found->instructions, 2U);
}

TEST(ScanForCopies, CutsNoInstructionWhereAWindowEnds) {
  std::vector<std::uint8_t> code((1U << 20) + 64, 0x90);
  for (std::size_t at = (1U << 20) - 3; at < (1U << 20) + 3; at += 2) {
    code[at] = 0xf3;
    code[at + 1] = 0xa4;
  }
  const auto found = scan(small_elf(code));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->copies.size(), 3U);
  EXPECT_EQ(found->code_bytes, code.size());
}

TEST(ScanForCopies, CountsWhatItCannotDecode) {
  const auto found = scan(small_elf({0x06, 0x06, 0xf3, 0xa4, 0xc3}));  // push es is none in 64 bits
  ASSERT_TRUE(found);
  EXPECT_EQ(found->undecoded_bytes, 2U);
  EXPECT_EQ(found->copies.size(), 1U);
}

TEST(ScanForCopies, EndsWhenTheUserAsks) {
  bool interrupted = false;
  const std::vector<std::uint8_t> code(3U << 20, 0x90);
  const auto found = scan(small_elf(code), &interrupted,
                          [](std::size_t, std::size_t, std::string_view) { return false; });
  ASSERT_TRUE(found);
  EXPECT_TRUE(interrupted);
  EXPECT_LT(found->code_bytes, code.size());
}

TEST(ScanForCopies, RefusesWhatHasNoSuchCode) {
  const auto other = scan(small_elf({0xc3}, ELFCLASS64, EM_AARCH64));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::unsupported);
  const auto empty = scan(small_elf({}));
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().kind, ErrorKind::unsupported);
}

TEST(ScanForCopies, OfAFileThatIsNoneIsAMistakeOfTheCommandLine) {
  const test::TemporaryFolder folder;
  for (const std::string& path : {folder.path(), folder.at("missing"),
                                  folder.write("text", "hello"), folder.write("empty", "")}) {
    const auto refused = scan_file(path, no_progress);
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage) << refused.error().message;
    EXPECT_TRUE(refused.error().message.contains(path)) << refused.error().message;
    EXPECT_FALSE(refused.error().hint.empty());
  }
  const auto found =
      scan_file(folder.write("small", as_text(small_elf({0xf3, 0xa4, 0xc3}))), no_progress);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->files.at(0).copies.size(), 1U);
}

TEST(ScanForCopies, OfAProcessFindsThoseOfItsCLibrary) {
  const auto found = scan_process(::getpid(), no_progress);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_GE(found->files.size(), 2U);
  for (const ScannedFile& file : found->files)
    EXPECT_LE(file.undecoded_bytes * 100, file.code_bytes) << file.path;
}

TEST(ScanForCopies, BecomesTwoTables) {
  Scan scan;
  scan.files.push_back({.path = "/usr/lib/libc.so.6",
                        .copies = {{.kind = SiteKind::libc,
                                    .place = {.image = "/usr/lib/libc.so.6",
                                              .function = "__memmove_erms",
                                              .address = 0x1234,
                                              .function_address = 0x1200},
                                    .element_bytes = 1}},
                        .code_bytes = 100,
                        .instructions = 30,
                        .undecoded_bytes = 2});
  result::Document document;
  add_scan(document, scan);
  ASSERT_EQ(document.tables.size(), 2U);
  using result::Value;
  const std::vector<Value> wanted = {
      std::string("/usr/lib/libc.so.6"), std::string("C library"), std::string("0x1234"),
      std::string("libc.so.6: __memmove_erms+0x34"), std::string("rep movsb")};
  EXPECT_EQ(document.tables[0].rows.at(0), wanted);
  EXPECT_EQ(document.tables[1].rows.at(0).at(4), Value(std::int64_t{2}));
}

}  // namespace
}  // namespace bytepath::copies
