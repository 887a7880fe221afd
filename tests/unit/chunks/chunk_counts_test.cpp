#include "chunks/chunk_counts.h"

#include <gtest/gtest.h>

#include <random>

#include "chunks/chunk_table.h"

namespace bytepath::chunks {
namespace {

constexpr std::size_t page = least_chunk;

// A letter a page; '0' is a page of zeros.
std::vector<std::byte> image_of(std::string_view pages) {
  std::vector<std::byte> image;
  for (const char letter : pages) {
    image.insert(image.end(), page, std::byte(letter == '0' ? 0 : letter));
  }
  return image;
}

ChunkCounter count(std::vector<std::uint64_t> grids,
                   const std::vector<std::vector<std::byte>>& images,
                   std::size_t piece = 1'000'000) {
  ChunkCounter counter(std::move(grids), 1000);
  for (const auto& image : images) {
    counter.begin_image();
    for (std::size_t at = 0; at < image.size(); at += piece) {
      counter.add(std::span(image).subspan(at, std::min(piece, image.size() - at)));
    }
    counter.end_image();
  }
  return counter;
}

TEST(ChunkCounter, TellsZeroUniqueAndSharedApart) {
  const auto counter = count({page}, {image_of("ab0aa"), image_of("b0cc0")});
  const auto grid = counter.grids().at(0);
  EXPECT_EQ(grid.chunk_bytes, page);
  EXPECT_EQ(grid.all, 10 * page);
  EXPECT_EQ(grid.zero, 3 * page);
  EXPECT_EQ(grid.unique, 5 * page);  // a, a, a, c, c
  EXPECT_EQ(grid.shared, 2 * page);  // b, b
  EXPECT_EQ(grid.stored, 3 * page);  // a, b, c
  EXPECT_EQ(grid.sampled, 1);
  const auto images = counter.images(0);
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].all, 5 * page);
  EXPECT_EQ(images[0].zero, page);
  EXPECT_EQ(images[0].unique, 3 * page);
  EXPECT_EQ(images[1].zero, 2 * page);
  EXPECT_EQ(images[1].unique, 2 * page);
}

TEST(ChunkCounter, FindsLessInCommonInLargerChunks) {
  const auto counter =
      count({page, 2 * page, 4 * page}, {image_of("abcd00ef"), image_of("abxdef0000")});
  const auto grids = counter.grids();
  EXPECT_EQ(grids[0].shared, 10 * page);
  EXPECT_EQ(grids[1].shared, 8 * page);  // ab and ef, twice each
  EXPECT_EQ(grids[1].zero, 6 * page);
  EXPECT_EQ(grids[2].shared, 0U);
  // "00" at the end of the second image is what there is of its third chunk.
  EXPECT_EQ(grids[2].zero, 2 * page);
  for (const auto& grid : grids) {
    EXPECT_EQ(grid.zero + grid.unique + grid.shared, grid.all) << grid.chunk_bytes;
  }
}

TEST(ChunkCounter, CountsTheBytesOfAChunkThatIsCut) {
  auto image = image_of("ab");
  image.resize(page + 100);
  const auto grids = count({page, 2 * page}, {image}).grids();
  EXPECT_EQ(grids[0].unique, page + 100);
  EXPECT_EQ(grids[1].unique, page + 100);
}

TEST(ChunkCounter, DoesNotDependOnThePieces) {
  auto image = image_of("abcabc0d");
  image.resize(image.size() - 17);
  const auto whole = count({page, 4 * page}, {image, image_of("abc")});
  for (const std::size_t piece : {1U, 7U, 4095U, 4097U, 10'000U}) {
    const auto pieces = count({page, 4 * page}, {image, image_of("abc")}, piece);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(pieces.grids()[i].unique, whole.grids()[i].unique) << piece;
      EXPECT_EQ(pieces.grids()[i].shared, whole.grids()[i].shared) << piece;
      EXPECT_EQ(pieces.grids()[i].zero, whole.grids()[i].zero) << piece;
    }
  }
}

TEST(ChunkTable, OfASampleCountsNearlyTheSame) {
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same chunks each time
  ChunkTable exact(1'000'000);
  ChunkTable sample(5000);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t hash = random();
    for (ChunkTable* table : {&exact, &sample}) {
      table->add(hash, 0, 1);
      if (i % 4 == 0) table->add(hash, 1, 1);
    }
  }
  const auto shared_of = [](const ChunkTable& table) {
    double shared = 0;
    table.each([&](const ChunkTable::Chunk& chunk) { shared += chunk.shared; });
    return shared / table.sampled();
  };
  EXPECT_EQ(exact.sampled(), 1);
  EXPECT_EQ(shared_of(exact), 25'000);
  EXPECT_LT(sample.sampled(), 0.1);
  EXPECT_NEAR(shared_of(sample), 25'000, 2500);
}

}  // namespace
}  // namespace bytepath::chunks
