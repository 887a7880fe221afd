#include "chunks/grid_parts.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "starts.h"

namespace bytepath::chunks {
namespace {

constexpr std::uint64_t kib = 1024;

Grid blocks(std::uint64_t bytes) { return {.unit = Unit::block, .chunk_bytes = bytes}; }

TEST(GridParts, FetchEachChunkAtItsFirstTouch) {
  const auto start = test::start_of({{.offset = 4 * kib},
                                     {.offset = 60 * kib, .bytes = 8 * kib},
                                     {.offset = 0},
                                     {.offset = 196 * kib}},
                                    {200 * kib});
  const GridParts parts(start, blocks(64 * kib));
  ASSERT_EQ(parts.parts().size(), 3U);
  EXPECT_EQ(parts.fetched_bytes(), (64 + 64 + 8) * kib) << "the last chunk is short";
  EXPECT_EQ(parts.parts()[1].first_read, 1U);
  EXPECT_EQ(parts.parts_of(1).size(), 2U);
  EXPECT_TRUE(parts.fetches(0));
  EXPECT_TRUE(parts.fetches(1));
  EXPECT_FALSE(parts.fetches(2));
}

TEST(GridParts, TakeWholeFilesAndMounts) {
  auto start = test::start_of({{.offset = 0, .file = 1}, {.offset = 8192, .file = 0}},
                              {100 * kib, 30 * kib, 500 * kib});
  const GridParts files(start, {.unit = Unit::file, .chunk_bytes = 0});
  EXPECT_EQ(files.parts().size(), 2U);
  EXPECT_EQ(files.fetched_bytes(), 130 * kib);
  const GridParts unknown(start, {.unit = Unit::layer, .chunk_bytes = 0});
  EXPECT_EQ(unknown.parts().size(), 1U);
  EXPECT_EQ(unknown.fetched_bytes(), 630 * kib) << "what is known of its files";
  start.layer_bytes = {1000 * kib};
  EXPECT_EQ(GridParts(start, {.unit = Unit::layer, .chunk_bytes = 0}).fetched_bytes(), 1000 * kib);
}

TEST(GridParts, KeepFilesApart) {
  const auto start = test::start_of({{.file = 0}, {.file = 1}}, {4 * kib, 4 * kib});
  const GridParts parts(start, blocks(4 * kib));
  ASSERT_EQ(parts.parts().size(), 2U);
  EXPECT_NE(parts.parts()[0].name, parts.parts()[1].name);
}

// A chain: two fetches that were on their way together are one round.
TEST(GridParts, CountRoundsByWhatWaitedForWhat) {
  const auto start = test::start_of({{.offset = 0, .begin_ns = 0, .end_ns = 10},
                                     {.offset = 64 * kib, .begin_ns = 5, .end_ns = 12},
                                     {.offset = 128 * kib, .begin_ns = 20, .end_ns = 30},
                                     {.offset = 132 * kib, .begin_ns = 30, .end_ns = 40}},
                                    {1024 * kib});
  EXPECT_EQ(GridParts(start, blocks(4 * kib)).rounds(), 3U);
  EXPECT_EQ(GridParts(start, blocks(64 * kib)).rounds(), 2U) << "the last finds its chunk";
  EXPECT_EQ(GridParts(start, blocks(1024 * kib)).rounds(), 1U);
}

TEST(GridParts, OfRandomReadsAreWhatACachingMountWouldFetch) {
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same reads each time
  constexpr std::uint64_t size = 9'999'999;
  std::vector<test::Read> reads;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const std::uint64_t offset = random() % (size / 4096) * 4096;
    const auto bytes = static_cast<std::uint32_t>(
        std::min<std::uint64_t>((1 + random() % 32) * 4096, size - offset));
    reads.push_back({.offset = offset, .bytes = bytes, .begin_ns = 10 * i, .end_ns = 10 * i + 5});
  }
  const auto start = test::start_of(reads, {size});
  std::size_t fetches_before = SIZE_MAX;
  std::uint64_t bytes_before = 0;
  std::size_t rounds_before = SIZE_MAX;
  for (std::uint64_t chunk = least_grid_chunk; chunk <= largest_grid_chunk; chunk *= 2) {
    const GridParts parts(start, blocks(chunk));
    std::set<std::uint64_t> cached;
    std::uint64_t bytes = 0;
    for (const auto& read : reads) {
      for (std::uint64_t at = read.offset / chunk; at * chunk < read.offset + read.bytes; ++at) {
        if (cached.insert(at).second) bytes += std::min(chunk, size - at * chunk);
      }
    }
    EXPECT_EQ(parts.parts().size(), cached.size()) << chunk;
    EXPECT_EQ(parts.fetched_bytes(), bytes) << chunk;
    // Grids lie within one another.
    EXPECT_LE(parts.parts().size(), fetches_before);
    EXPECT_GE(parts.fetched_bytes(), bytes_before);
    EXPECT_LE(parts.rounds(), rounds_before);
    fetches_before = parts.parts().size();
    bytes_before = parts.fetched_bytes();
    rounds_before = parts.rounds();
  }
}

TEST(GridParts, HaveNames) {
  EXPECT_EQ(name(blocks(512 * kib)), "512 KiB");
  EXPECT_EQ(name(Grid{.unit = Unit::file}), "file");
  EXPECT_EQ(name(Grid{.unit = Unit::layer}), "layer");
}

}  // namespace
}  // namespace bytepath::chunks
