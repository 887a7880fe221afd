#include "pages/page_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::pages {
namespace {

using testing::HasSubstr;

const std::string header = "bytepath-pages 1\npage-bytes 4096\n";

FilePages file(std::string path, std::uint64_t bytes, const std::vector<PageRun>& runs) {
  PageSet pages(pages_of(bytes));
  for (const PageRun& run : runs) pages.insert(run.first, run.count);
  return {.path = std::move(path), .bytes = bytes, .pages = pages};
}

std::string error_of(const std::string& text) {
  const auto read = from_text(text, "x.pages");
  if (read) return "no error";
  EXPECT_EQ(read.error().kind, ErrorKind::usage);
  EXPECT_THAT(read.error().message, HasSubstr("x.pages"));
  return read.error().message;
}

void expect_same(const FilePages& read, const FilePages& written) {
  EXPECT_EQ(read.path, written.path);
  EXPECT_EQ(read.bytes, written.bytes);
  EXPECT_EQ(read.pages.size(), written.pages.size());
  EXPECT_EQ(read.pages.runs(), written.pages.runs());
}

TEST(PageFile, WritesWhatTheHeaderDescribes) {
  EXPECT_EQ(to_text({}), header);
  const std::vector<FilePages> files = {file("/models/my moe.gguf", 40960, {{0, 2}, {5, 5}}),
                                        file("/empty", 0, {})};
  EXPECT_EQ(to_text(files), header + "file 40960 /models/my moe.gguf\n0 2\n5 5\nfile 0 /empty\n");
}

TEST(PageFile, ReadsWhatItWrites) {
  const std::vector<FilePages> files = {file("/a b", 9'663'676'416, {{81920, 16}, {2359295, 1}}),
                                        file("/line\nfeed\\n", 4097, {{1, 1}}),
                                        file("relative", 0, {})};
  const auto read = from_text(to_text(files), "x");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) expect_same((*read)[i], files[i]);
}

TEST(PageFile, EscapesPaths) {
  EXPECT_THAT(to_text({file("/a\nb\\c", 0, {})}), HasSubstr("file 0 /a\\nb\\\\c\n"));
  EXPECT_THAT(error_of(header + "file 0 /a\\t\n"), HasSubstr("line 3"));
  EXPECT_THAT(error_of(header + "file 0 /a\\\n"), HasSubstr("escape"));
}

TEST(PageFile, RefusesOtherFiles) {
  EXPECT_THAT(error_of(""), HasSubstr("not a page file"));
  EXPECT_THAT(error_of("GGUF"), HasSubstr("not a page file"));
  EXPECT_THAT(error_of("bytepath-pages 2\npage-bytes 4096\n"), HasSubstr("newer"));
  EXPECT_THAT(error_of("bytepath-pages 0\npage-bytes 4096\n"), HasSubstr("no version"));
  EXPECT_THAT(error_of("bytepath-pages x\n"), HasSubstr("no version"));
  EXPECT_THAT(error_of("bytepath-pages 1\npage-bytes 16384\n"), HasSubstr("line 2"));
  EXPECT_THAT(error_of("bytepath-pages 1\n"), HasSubstr("line 2"));
}

TEST(PageFile, NamesTheWrongLine) {
  const std::string begun = header + "file 40960 /m\n2 3\n";
  EXPECT_THAT(error_of(header + "0 1\n"), HasSubstr("line 3: pages before"));
  EXPECT_THAT(error_of(begun + "9 2\n"), HasSubstr("line 5: the pages are beyond the end"));
  EXPECT_THAT(error_of(begun + "10 1\n"), HasSubstr("beyond"));
  EXPECT_THAT(error_of(begun + "9 18446744073709551615\n"), HasSubstr("beyond"));
  EXPECT_THAT(error_of(begun + "18446744073709551615 1\n"), HasSubstr("beyond"));
  EXPECT_THAT(error_of(begun + "4 2\n"), HasSubstr("overlap"));
  EXPECT_THAT(error_of(begun + "5 2\n"), HasSubstr("adjoin"));
  EXPECT_THAT(error_of(begun + "0 1\n"), HasSubstr("precede"));
  EXPECT_THAT(error_of(begun + "7 0\n"), HasSubstr("line 5"));
  EXPECT_THAT(error_of(begun + "7\n"), HasSubstr("line 5"));
  EXPECT_THAT(error_of(begun + "7 1 1\n"), HasSubstr("line 5"));
  EXPECT_THAT(error_of(begun + "-7 1\n"), HasSubstr("line 5"));
  EXPECT_THAT(error_of(begun + "7 0x1\n"), HasSubstr("line 5"));
  EXPECT_THAT(error_of(begun + "18446744073709551616 1\n"), HasSubstr("line 5"));
  EXPECT_THAT(error_of(begun + "\n"), HasSubstr("line 5"));
  EXPECT_THAT(error_of(begun + "file 5\n"), HasSubstr("BYTES PATH"));
  EXPECT_THAT(error_of(begun + "file x /a\n"), HasSubstr("BYTES PATH"));
  EXPECT_THAT(error_of(begun + "file 5 \n"), HasSubstr("empty"));
  EXPECT_THAT(error_of(begun + "file 40960 /n\n0 1\n0 1\n"), HasSubstr("line 7"));
}

TEST(PageFile, EachFileBeginsAnew) {
  const auto read = from_text(header + "file 40960 /m\n7 3\nfile 40960 /n\n0 1\n", "x");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->at(1).pages.runs(), (std::vector<PageRun>{{0, 1}}));
}

TEST(PageFile, NoticesThatTheEndIsMissing) {
  const std::string whole = to_text({file("/m", 1 << 20, {{3, 12}, {20, 15}})});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // Cut at the end of a line below the header it is a shorter file, which nothing tells.
    const bool whole_lines = length >= header.size() && whole[length - 1] == '\n';
    EXPECT_EQ(from_text(whole.substr(0, length), "x").has_value(), whole_lines) << length;
  }
}

TEST(PageFile, TakesNoMemoryForTheSizesThatItReads) {
  // As page sets they would take 50 TB.
  std::string text = header;
  for (std::size_t i = 0; i < max_files; ++i) text += "file 17592186044416 x\n";
  const auto read = from_text(text + "0 1\n4294967295 1\n", "x");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->back().pages.runs(), (std::vector<PageRun>{{0, 1}, {4294967295, 1}}));
  EXPECT_THAT(error_of(text + "file 0 x\n"), HasSubstr("line 100003: more than 100000 files"));
  EXPECT_THAT(error_of(header + "file 18446744073709551615 /m\n"), HasSubstr("larger"));
  EXPECT_THAT(error_of(header + "file 17592186044417 /m\n"), HasSubstr("larger"));
}

TEST(PageFile, GivesThePageSetOfAFile) {
  const auto read = from_text(header + "file 40960 /m\n2 3\n7 1\n", "x");
  ASSERT_TRUE(read) << read.error().message;
  const PageSet set = read->front().pages;
  EXPECT_EQ(set.size(), 10U);
  EXPECT_EQ(set.runs(), (std::vector<PageRun>{{2, 3}, {7, 1}}));
}

}  // namespace
}  // namespace bytepath::pages
