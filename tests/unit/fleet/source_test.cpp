#include "fleet/source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/descriptor.h"
#include "support/temporary_folder.h"

namespace bytepath::fleet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Read {
  Reading reading;
  std::vector<std::string> sources;
};

Read folder(const std::string& path, std::size_t most = 100) {
  Read out;
  const auto read = read_folder(path, [&](const result::Document&, std::string source) {
    out.sources.push_back(std::move(source));
    return out.sources.size() < most;
  });
  EXPECT_TRUE(read.has_value());
  out.reading = read.value_or(Reading{});
  return out;
}

const std::string document = result::to_json({.tool = "cpu-probe"});
const std::string line = result::to_json_line({.tool = "cpu-probe"});

TEST(Source, ReadsJsonAndNdjsonAtAnyDepthInOrder) {
  const test::TemporaryFolder root;
  std::filesystem::create_directories(root.at("b/deep"));
  root.write("b/deep/x.json", document);
  root.write("a.ndjson", line + "\n" + line);
  root.write("c.json", line);
  root.write("notes.txt", "no document");
  const auto read = folder(root.path());
  EXPECT_THAT(read.sources, ElementsAre("a.ndjson:1", "a.ndjson:3", "b/deep/x.json", "c.json"));
  EXPECT_EQ(read.reading.documents, 4U);
  EXPECT_EQ(read.reading.broken, 0U);
}

TEST(Source, CountsAndNamesTheBrokenOnes) {
  const test::TemporaryFolder root;
  root.write("a.json", document.substr(0, document.size() / 2));
  root.write("b.ndjson", line + "{}\n" + line + "not JSON");
  root.write("c.json", document);
  for (int i = 0; i < 9; ++i) root.write("d" + std::to_string(i) + ".json", "[]");
  const auto read = folder(root.path());
  EXPECT_THAT(read.sources, ElementsAre("b.ndjson:1", "b.ndjson:3", "c.json"));
  EXPECT_EQ(read.reading.broken, 12U);
  ASSERT_EQ(read.reading.examples.size(), most_examples);
  EXPECT_EQ(read.reading.examples[0].source, "a.json");
  EXPECT_THAT(read.reading.examples[0].reason, HasSubstr("parse error"));
  EXPECT_EQ(read.reading.examples[1].source, "b.ndjson:2");
  EXPECT_EQ(read.reading.examples[1].reason, "not a bytepath result");
}

TEST(Source, StopsWhenItIsTold) {
  const test::TemporaryFolder root;
  root.write("a.ndjson", line + line + line);
  root.write("b.json", document);
  EXPECT_THAT(folder(root.path(), 2).sources, ElementsAre("a.ndjson:1", "a.ndjson:2"));
}

TEST(Source, ReadsLinesThatAreLongerThanAPieceAndALastOneWithoutAnEnd) {
  const test::TemporaryFolder root;
  std::string text;
  for (const std::size_t length : {3U << 20U, 10U, (1U << 20U) - 3U}) {
    text += result::to_json_line({.tool = std::string(length, 'x')});
  }
  text += line.substr(0, line.size() - 1);
  const Descriptor file(::open(root.write("a", text).c_str(), O_RDONLY));
  std::vector<std::size_t> lengths;
  const auto read = read_lines(file.get(), "-", [&](const result::Document& each, std::string) {
    lengths.push_back(each.tool.size());
    return true;
  });
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(lengths, ElementsAre(3U << 20U, 10U, (1U << 20U) - 3U, 9U));
}

TEST(Source, SkipsALineThatIsTooLongAndGoesOn) {
  const test::TemporaryFolder root;
  const std::string text = "\"" + std::string(65U << 20U, 'x') + "\"\n" + line;
  const Descriptor file(::open(root.write("a", text).c_str(), O_RDONLY));
  const auto read =
      read_lines(file.get(), "-", [&](const result::Document&, const std::string& source) {
        EXPECT_EQ(source, "-:2");
        return true;
      });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->documents, 1U);
  ASSERT_EQ(read->examples.size(), 1U);
  EXPECT_THAT(read->examples[0].reason, HasSubstr("64 MiB"));
}

TEST(Source, RefusesAFolderThatIsNotThere) {
  const auto read = read_folder("/nowhere", [](const auto&, const auto&) { return true; });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace bytepath::fleet
