#include "chunks/prefetch_score.h"

#include <gmock/gmock.h>

#include "chunks/score_document.h"
#include "mounts/first_use.h"
#include "mounts/trace_file.h"
#include "support/mount_traces.h"
#include "support/temporary_folder.h"

namespace bytepath::chunks {
namespace {

using mounts::FileRange;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = kib * kib;

FileRange whole(std::string path) {
  return {.path = std::move(path), .offset = 0, .bytes = FileRange::to_the_end};
}

PrefetchScore score_of(const mounts::MountTrace& trace, std::vector<FileRange> entries,
                       const std::string& mount) {
  const auto uses = touches_of(trace, {.mount = mount}, "t");
  EXPECT_TRUE(uses);
  const auto score = score_list({.entries = std::move(entries)}, *uses, trace);
  EXPECT_TRUE(score) << score.error().message;
  return score.value_or(PrefetchScore{});
}

TEST(PrefetchScore, OfAPerfectListHasNoWaste) {
  const auto trace = test::erofs_on_fuse();
  const auto uses = touches_of(trace, {.mount = "1"}, "t");
  const auto ranges = ranges_in_order(uses->touches, mounts::FileTable(trace)).ranges;
  const auto score = score_of(trace, ranges, "1");
  EXPECT_EQ(score.all.used, 3 * mib + 16 * kib);
  EXPECT_EQ(score.all.ready, score.all.used);
  EXPECT_EQ(score.all.wasted(), 0U);
  EXPECT_EQ(score.all.requests, 36U);
  EXPECT_EQ(score.all.ready_requests, 36U);
  EXPECT_EQ(score.for_half, (3 * mib + 16 * kib) / 2);
  EXPECT_EQ(score.progress.size(), 5U);
  EXPECT_EQ(score.progress.back().ready, score.all.used);
}

TEST(PrefetchScore, TellsWhatIsMissingAndWasted) {
  const auto trace = test::erofs_on_fuse();
  const auto score = score_of(trace,
                              {{.path = "/image", .offset = 512 * kib, .bytes = 512 * kib},
                               {.path = "/image", .offset = 3 * mib, .bytes = 512 * kib},
                               {.path = "/image", .offset = 512 * kib, .bytes = 1 * mib}},
                              "1");
  EXPECT_EQ(score.all.ready, 1 * mib);
  EXPECT_EQ(score.all.missing(), 2 * mib + 16 * kib);
  EXPECT_EQ(score.all.wasted(), 512 * kib);
  EXPECT_EQ(score.all.listed, 1 * mib + 512 * kib) << "a byte that is listed twice is fetched once";
  EXPECT_EQ(score.all.ready_requests, 8U + 4U);
  EXPECT_EQ(score.for_half, std::nullopt);
  ASSERT_EQ(score.files.size(), 1U);
  EXPECT_EQ(score.files[0].path, "/image");
}

TEST(PrefetchScore, CountsWholeFiles) {
  const auto trace = test::erofs_on_fuse();
  const auto score =
      score_of(trace, {whole("/lib/libc.so.6"), whole("/usr/lib/python 3/json.py")}, "0");
  EXPECT_EQ(score.all.listed, 600 * kib + 100'000);
  EXPECT_EQ(score.all.ready, 36 * kib);
  EXPECT_EQ(score.all.used, 36 * kib + 128 * kib);
  EXPECT_EQ(score.all.requests, 4U);
  EXPECT_EQ(score.all.ready_requests, 2U);
  EXPECT_EQ(score.files.size(), 3U) << "the third is used and not listed";
}

TEST(PrefetchScore, TakesAFolderForWhatIsBelowIt) {
  const auto trace = test::erofs_on_fuse();
  EXPECT_EQ(score_of(trace, {whole("/usr")}, "0").all.listed, 2 * mib + 100'000);
  EXPECT_EQ(score_of(trace, {whole("/usr"), whole("/usr"), whole("/")}, "0").all.listed,
            2 * mib + 100'000 + 600 * kib);
  EXPECT_EQ(score_of(trace, {whole("/us")}, "0").unknown, 1U);
}

TEST(PrefetchScore, OfPathsThatNobodyUsedIsWaste) {
  const auto trace = test::erofs_on_fuse();
  const auto known = score_of(trace,
                              {{.path = "/gone", .offset = 0, .bytes = 1000},
                               {.path = "/gone", .offset = 500, .bytes = 1000},
                               {.path = "/image", .offset = 0, .bytes = 2 * mib}},
                              "1");
  EXPECT_EQ(known.all.wasted(), 1500U);
  EXPECT_EQ(known.unknown, 1U);
  EXPECT_EQ(known.unsized, 0U);
  EXPECT_EQ(known.for_half, 1500U + (3 * mib + 16 * kib) / 2) << "it comes first";
  std::vector<FileRange> many;
  for (int i = 0; i < 100; ++i) many.push_back(whole(fmt::format("/gone{}", i)));
  const auto unknown = score_of(trace, many, "0");
  EXPECT_EQ(unknown.unknown, 100U);
  EXPECT_EQ(unknown.unsized, 100U);
  EXPECT_EQ(unknown.unknown_paths.size(), 20U);
  EXPECT_EQ(unknown.all.ready, 0U);
}

TEST(PrefetchScore, OfAFileWhoseSizeIsNotKnownEndsWithItsUse) {
  auto trace = test::erofs_on_fuse();
  for (auto& file : trace.files) file.bytes = 0;
  const auto score = score_of(trace, {whole("/usr/lib/python 3/json.py")}, "0");
  EXPECT_EQ(score.all.listed, 9 * 4 * kib);
  EXPECT_EQ(score.all.ready, 4 * kib);
  EXPECT_EQ(score.guessed_sizes, 1U);
}

TEST(PrefetchScore, OfHugeNumbersDoesNotOverflow) {
  const auto trace = test::erofs_on_fuse();
  const auto score =
      score_of(trace,
               {{.path = "/gone", .offset = 1, .bytes = UINT64_MAX - 1},
                {.path = "/gone too", .offset = UINT64_MAX - 1, .bytes = UINT64_MAX - 1},
                {.path = "/image", .offset = UINT64_MAX - 1, .bytes = 7},
                {.path = "/image", .offset = 0, .bytes = FileRange::to_the_end}},
               "1");
  EXPECT_EQ(score.all.ready, score.all.used);
  EXPECT_EQ(score.all.listed, UINT64_MAX);
}

TEST(PrefetchScore, OfABlobTraceIsAboutTheOnlyFile) {
  const auto trace = test::erofs_on_fuse();
  EXPECT_EQ(score_of(trace, {{.path = "", .offset = 0, .bytes = mib}}, "1").all.ready, mib);
  const auto uses = touches_of(trace, {.mount = "0"}, "t");
  EXPECT_FALSE(score_list({.entries = {{.path = "", .offset = 0, .bytes = 1}}}, *uses, trace));
}

TEST(Score, IsADocument) {
  const test::TemporaryFolder folder;
  const auto trace = folder.write("t", to_bytes(test::erofs_on_fuse()));
  const auto list = folder.write("l", "/image 0 2097152\n/gone 0 1048576\n");
  const auto document = score({.list = list, .format = {}, .trace = trace, .choice = {}});
  ASSERT_TRUE(document) << document.error().message;
  const auto metric = [&](std::string_view name) {
    return std::ranges::find(document->metrics, name, &result::Metric::name)->median;
  };
  EXPECT_NEAR(metric("recall_bytes"), 100 * 2.0 / (3 + 1.0 / 64), 1e-9);
  EXPECT_NEAR(metric("waste_share"), 100.0 / 3, 1e-9);
  EXPECT_EQ(metric("missing_bytes"), mib + 16 * kib);
  EXPECT_EQ(std::get<std::string>(document->parameters.at("format")), "ranges");
  EXPECT_EQ(std::get<std::string>(document->parameters.at("mount")), "depth 1, /mnt/fuse");
}

TEST(Score, OfFilesThatAreNotThereIsRefused) {
  const test::TemporaryFolder folder;
  const auto trace = folder.write("t", to_bytes(test::erofs_on_fuse()));
  const auto list = folder.write("l", "/lib/libc.so.6\n");
  for (const auto& [one, other] :
       {std::pair(folder.at("none"), trace), {list, folder.at("none")}, {trace, list}}) {
    const auto document = score({.list = one, .format = {}, .trace = other, .choice = {}});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().kind, ErrorKind::usage) << document.error().message;
    EXPECT_NE(document.error().hint, "");
  }
}

}  // namespace
}  // namespace bytepath::chunks
