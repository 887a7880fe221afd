#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/chunk_probe.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// The built chunk-probe as its user runs it.
namespace bytepath::test {
namespace {

TEST(ChunkProbe, ComparesImagesOnGrids) {
  const TemporaryFolder folder;
  const std::string base(1 << 20, 'b');
  const auto one = folder.write("one", base + std::string(1 << 20, '1'));
  const auto two = folder.write("two", base + std::string(1 << 20, '\0'));
  const auto outcome = chunk_probe({"dedup", "--grid", "512K,64K", "--json", "-", one, two});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  EXPECT_EQ(document.verdict.state, "measured");
  const auto grids = std::ranges::find(document.tables, "grids", &result::Table::name);
  ASSERT_NE(grids, document.tables.end());
  ASSERT_EQ(grids->rows.size(), 2U);
  EXPECT_EQ(grids->rows[0][0], result::Value(std::int64_t{65536})) << "ascending";
  EXPECT_EQ(grids->rows[1][3], result::Value(50.0)) << "shared";
}

TEST(ChunkProbe, ReadsAPipe) {
  const auto outcome = run({.arguments = {"/bin/sh", "-c",
                                          "head -c 8192 /dev/zero | " + probe_path("chunk-probe") +
                                              " dedup --grid 4K --json - /dev/stdin"}});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  EXPECT_EQ(document.tables.at(0).rows.at(0).at(1), result::Value(100.0)) << "zero";
}

TEST(ChunkProbe, RefusesWhatItCannotUse) {
  const TemporaryFolder folder;
  const auto image = folder.write("image", "x");
  expect_refused({}, "command");
  expect_refused({"dedup"}, "image");
  expect_refused({"dedup", folder.at("missing")}, folder.at("missing"));
  expect_refused({"dedup", folder.path()}, "is a folder");
  expect_refused({"dedup", "--grid", "5000", image}, "5000");
  expect_refused({"dedup", "--grid", "1K", image}, "1024");
  expect_refused({"whatif", image}, "24 bytes");
  const auto list = folder.write("list", "/usr/bin/python3 0 4096\n/usr/bin/python3 8192 4\n");
  expect_refused({"whatif", list}, "it is text");  // of two records' length
  expect_refused({"whatif", image, image}, "one trace");
  expect_refused({"whatif", "--policies", "mru", image}, "mru");
}

}  // namespace
}  // namespace bytepath::test
