#include "intercept/address_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bytepath::intercept {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t page = 4096;

class AddressSpaceTest : public testing::Test {
 protected:
  void map(std::uint64_t first, std::uint64_t end, std::uint64_t offset, const char* path = "a") {
    space_.insert({.start = first * page,
                   .end = end * page,
                   .offset = offset * page,
                   .file = std::make_shared<const MappedFile>(MappedFile{.path = path}),
                   .exact = true});
  }
  // "a 3-5@1": pages 3 and 4 show a from its page 1 on.
  static std::vector<std::string> texts(const std::vector<Mapping>& mappings) {
    std::vector<std::string> texts;
    for (const Mapping& each : mappings) {
      texts.push_back(fmt::format("{} {}-{}@{}", each.file->path, each.start / page,
                                  each.end / page, each.offset / page));
    }
    return texts;
  }
  std::vector<std::string> all() const { return texts(space_.all()); }
  std::vector<std::string> within(std::uint64_t first, std::uint64_t end) const {
    return texts(space_.within(first * page, end * page));
  }
  std::vector<std::string> remove(std::uint64_t first, std::uint64_t end) {
    return texts(space_.remove(first * page, end * page));
  }

  AddressSpace space_;
};

TEST_F(AddressSpaceTest, FindsThePartsThatLieWithin) {
  map(10, 20, 100);
  map(20, 30, 0, "b");
  EXPECT_THAT(within(0, 10), IsEmpty());
  EXPECT_THAT(within(0, 11), ElementsAre("a 10-11@100"));
  EXPECT_THAT(within(12, 22), ElementsAre("a 12-20@102", "b 20-22@0"));
  EXPECT_THAT(within(15, 16), ElementsAre("a 15-16@105"));
  EXPECT_THAT(within(29, 99), ElementsAre("b 29-30@9"));
  EXPECT_THAT(within(30, 99), IsEmpty());
  EXPECT_THAT(within(15, 15), IsEmpty());
}

TEST_F(AddressSpaceTest, RemovingFromTheMiddleLeavesBothEnds) {
  map(10, 20, 100);
  EXPECT_THAT(remove(13, 15), ElementsAre("a 13-15@103"));
  EXPECT_THAT(all(), ElementsAre("a 10-13@100", "a 15-20@105"));
  EXPECT_THAT(remove(12, 16), ElementsAre("a 12-13@102", "a 15-16@105"));
  EXPECT_THAT(all(), ElementsAre("a 10-12@100", "a 16-20@106"));
  EXPECT_THAT(remove(0, 99), ElementsAre("a 10-12@100", "a 16-20@106"));
  EXPECT_TRUE(space_.empty());
}

TEST_F(AddressSpaceTest, AMappingReplacesWhatWasThere) {
  map(10, 20, 100);
  map(12, 14, 0, "b");
  EXPECT_THAT(all(), ElementsAre("a 10-12@100", "b 12-14@0", "a 14-20@104"));
  map(0, 99, 7, "c");
  EXPECT_THAT(all(), ElementsAre("c 0-99@7"));
}

TEST_F(AddressSpaceTest, IgnoresWhatIsNoMapping) {
  map(10, 10, 0);
  map(20, 10, 0);
  EXPECT_TRUE(space_.empty());
}

TEST_F(AddressSpaceTest, OnlyTheRangeLosesItsExactness) {
  map(10, 20, 0);
  space_.set_inexact(12 * page, 14 * page);
  std::vector<bool> exact;
  for (const Mapping& each : space_.all()) exact.push_back(each.exact);
  EXPECT_THAT(exact, ElementsAre(true, false, true));
}

TEST_F(AddressSpaceTest, CopiesAreTheirOwn) {
  map(10, 20, 0);
  AddressSpace child = space_;
  child.remove(0, 99 * page);
  EXPECT_THAT(all(), ElementsAre("a 10-20@0"));
}

TEST(EndOfPages, RoundsUpAsTheKernelDoes) {
  EXPECT_EQ(end_of_pages(page, 1), 2 * page);
  EXPECT_EQ(end_of_pages(page, page), 2 * page);
  EXPECT_EQ(end_of_pages(page, page + 1), 3 * page);
}

TEST(EndOfPages, IsTheStartOfWhatTheKernelRefuses) {
  EXPECT_EQ(end_of_pages(page, 0), page);
  EXPECT_EQ(end_of_pages(page + 1, page), page + 1);
  EXPECT_EQ(end_of_pages(page, ~0ULL), page);
  EXPECT_EQ(end_of_pages(~0ULL - page + 1, page), ~0ULL - page + 1);
}

}  // namespace
}  // namespace bytepath::intercept
