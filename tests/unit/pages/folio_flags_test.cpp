#include "pages/folio_flags.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/temporary_folder.h"

namespace bytepath::pages {
namespace {

constexpr std::uint64_t other_bits =
    0x4000006c;  // UPTODATE, LRU and more, which do not matter here
constexpr std::uint64_t head = other_bits | 1U << 15;
constexpr std::uint64_t tail = other_bits | 1U << 16;

TEST(FolioFlags, FindsTheFolioOfAFrame) {
  const std::vector<std::uint64_t> flags = {other_bits, head, tail, tail,
                                            tail,       head, tail, other_bits};
  EXPECT_EQ(folio_at(flags, 0), (PageRun{0, 1}));
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(folio_at(flags, i), (PageRun{1, 4})) << i;
  for (std::size_t i = 5; i < 7; ++i) EXPECT_EQ(folio_at(flags, i), (PageRun{5, 2})) << i;
  EXPECT_EQ(folio_at(flags, 7), (PageRun{7, 1}));
}

TEST(FolioFlags, StaysWithinTheEntries) {
  const std::vector<std::uint64_t> tails(4, tail);  // neither begin nor end are there
  EXPECT_EQ(folio_at(tails, 2), (PageRun{0, 4}));
  EXPECT_EQ(folio_at(std::vector{head}, 0), (PageRun{0, 1}));
}

// A file in place of /proc/kpageflags: 16 single frames, 512 in one folio, 64 in eights; it ends
// within a group.
class SavedFlags : public testing::Test {
 protected:
  SavedFlags() {
    std::vector<std::uint64_t> flags(512, other_bits);
    for (std::size_t i = 0; i < 512; ++i) flags.push_back(i == 0 ? head : tail);
    for (std::size_t i = 0; i < 64; ++i) flags.push_back(i % 8 == 0 ? head : tail);
    const std::string_view bytes(reinterpret_cast<const char*>(flags.data()), flags.size() * 8);
    file_ = Descriptor(::open(folder_.write("flags", bytes).c_str(), O_RDONLY | O_CLOEXEC));
  }
  test::TemporaryFolder folder_;
  Descriptor file_;
};

TEST_F(SavedFlags, AreReadInAnyOrder) {
  FolioFlags flags(file_);
  EXPECT_EQ(flags.folio_pages(700), 512U);
  EXPECT_EQ(flags.folio_pages(3), 1U);
  EXPECT_EQ(flags.folio_pages(512), 512U);
  EXPECT_EQ(flags.folio_pages(511), 1U);
  EXPECT_EQ(flags.folio_pages(1023), 512U);
  EXPECT_EQ(flags.folio_pages(1024), 8U);
  EXPECT_EQ(flags.folio_pages(1087), 8U);
  EXPECT_EQ(flags.folio_pages(1040), 8U);
}

TEST_F(SavedFlags, EndWhereMemoryEnds) {
  FolioFlags flags(file_);
  EXPECT_FALSE(flags.folio_pages(1088));
  EXPECT_FALSE(flags.folio_pages(std::uint64_t{1} << 54));
  EXPECT_EQ(flags.folio_pages(1086), 8U);
}

}  // namespace
}  // namespace bytepath::pages
