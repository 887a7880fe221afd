#include "faults/pending_events.h"

#include <gtest/gtest.h>

namespace bytepath::faults {
namespace {

constexpr trace::FileId lower{.device = 8, .inode = 7};
constexpr trace::FileId disk{.device = 8, .inode = 1};

bytepath_pages_added pages(std::uint64_t first, std::uint32_t count, std::uint64_t time_ns) {
  bytepath_pages_added added{};
  added.in_fault = 1;
  added.thread = 3;
  added.first_page = first;
  added.pages = count;
  added.time_ns = time_ns;
  return added;
}

constexpr PendingEvents::Reading reading{
    .file = 0, .thread = 3, .page = 20, .begin_ns = 100, .end_ns = 200};

TEST(PendingEvents, KnowTheFileOfWhichThePageCameWithinTheFault) {
  PendingEvents pending;
  pending.add(disk, pages(500, 1, 110));  // where the file lies
  EXPECT_EQ(pending.file_of(reading), std::nullopt);
  pending.add(lower, pages(16, 8, 120));
  EXPECT_EQ(pending.file_of(reading), lower);
}

TEST(PendingEvents, DoNotTakeAnotherTimeThreadOrCallForTheFault) {
  for (const auto& [name, change] :
       std::map<std::string, std::function<void(bytepath_pages_added&)>>{
           {"before", [](auto& added) { added.time_ns = 99; }},
           {"after", [](auto& added) { added.time_ns = 201; }},
           {"another thread", [](auto& added) { added.thread = 4; }},
           {"a call", [](auto& added) { added.in_fault = 0; }},
           {"before the page", [](auto& added) { added.first_page = 12; }},
           {"behind the page", [](auto& added) { added.first_page = 21; }}}) {
    PendingEvents pending;
    auto added = pages(16, 8, 120);
    change(added);
    pending.add(lower, added);
    EXPECT_EQ(pending.file_of(reading), std::nullopt) << name;
  }
}

// Two threads that fault on one open file at once, each reading the window of the other.
TEST(PendingEvents, KnowTheFileThoughAnotherThreadReadThePage) {
  PendingEvents pending;
  pending.add(lower, pages(680, 32, 110));
  EXPECT_EQ(pending.file_of(reading), std::nullopt);
  auto by_another = pages(16, 8, 120);
  by_another.thread = 4;
  pending.add(disk, by_another);
  EXPECT_EQ(pending.file_of(reading), std::nullopt) << "of a file that the thread did not read";
  pending.add(lower, by_another);
  EXPECT_EQ(pending.file_of(reading), lower);
}

TEST(PendingEvents, AreTakenOnce) {
  PendingEvents pending;
  pending.add(lower, pages(0, 1, 1));
  pending.add(lower, bytepath_call{});
  pending.add(disk, pages(0, 1, 1));
  const auto taken = pending.take(lower);
  EXPECT_EQ(taken.pages.size(), 1U);
  EXPECT_EQ(taken.calls.size(), 1U);
  EXPECT_TRUE(pending.take(lower).pages.empty());
  EXPECT_FALSE(pending.empty());
}

TEST(PendingEvents, CountThoseThatFindNoRoom) {
  PendingEvents pending;
  for (std::size_t i = 0; i < PendingEvents::most + 3; ++i) pending.add(disk, pages(i, 1, i));
  EXPECT_EQ(pending.left_out(), 3U);
  pending.take(disk);
  pending.add(lower, pages(0, 1, 1));
  EXPECT_EQ(pending.left_out(), 3U);
}

}  // namespace
}  // namespace bytepath::faults
