#include "measure/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdint>
#include <vector>

namespace bytepath::measure {
namespace {

using testing::HasSubstr;

bool is_aligned(const std::byte* data) {
  return reinterpret_cast<std::uintptr_t>(data) % page_size == 0;
}

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  std::vector<int> out;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) out.push_back(cpu);
  }
  return out;
}

TEST(Pages, AreAlignedRoundedUpAndPresent) {
  for (const std::size_t size : {std::size_t{1}, page_size, page_size + 1, 5 * page_size}) {
    const auto pages = Pages::map(size);
    ASSERT_TRUE(pages);
    EXPECT_TRUE(is_aligned(pages->data()));
    EXPECT_EQ(pages->size(), (size + page_size - 1) / page_size * page_size);
    std::vector<unsigned char> present(pages->size() / page_size);
    ASSERT_EQ(mincore(pages->data(), pages->size(), present.data()), 0);
    EXPECT_THAT(present,
                testing::Each(testing::Truly([](unsigned char p) { return (p & 1) != 0; })));
    pages->data()[pages->size() - 1] = std::byte{7};
  }
}

TEST(Pages, OfNoBytesAreOnePage) {
  const auto pages = Pages::map(0);
  ASSERT_TRUE(pages);
  EXPECT_EQ(pages->size(), page_size);
}

TEST(Pages, TooManyAreAnError) {
  const auto pages = Pages::map(std::size_t{1} << 60U);
  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::failed);
  EXPECT_THAT(pages.error().message, HasSubstr("cannot map"));
}

TEST(Pages, ATakenPlaceIsAnErrorAndKeepsItsContent) {
  const auto pages = Pages::map(page_size);
  ASSERT_TRUE(pages);
  pages->data()[0] = std::byte{42};
  EXPECT_FALSE(Pages::map(page_size, pages->data()));
  EXPECT_EQ(pages->data()[0], std::byte{42});
}

TEST(Pages, AFreePlaceIsTaken) {
  std::byte* place = nullptr;
  {
    const auto pages = Pages::map(page_size);
    ASSERT_TRUE(pages);
    place = pages->data();
  }
  const auto pages = Pages::map(page_size, place);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(pages->data(), place);
}

TEST(Pages, AreGivenBackByTheirLastOwner) {
  std::byte* data = nullptr;
  {
    auto pages = Pages::map(page_size);
    ASSERT_TRUE(pages);
    data = pages->data();
    const Pages moved(std::move(*pages));
    EXPECT_EQ(moved.data(), data);
    EXPECT_EQ(pages->data(), nullptr);
    Pages assigned;
    assigned = Pages::map(page_size).value_or(Pages{});
    EXPECT_NE(assigned.data(), nullptr);
  }
  unsigned char present = 0;
  EXPECT_NE(mincore(data, page_size, &present), 0) << "still mapped";
}

TEST(Pinned, StaysOnItsCpuAndGivesTheOthersBack) {
  const auto before = allowed_cpus();
  for (const int cpu : {before.front(), before.back()}) {
    {
      const auto pinned = Pinned::to(cpu);
      ASSERT_TRUE(pinned);
      EXPECT_EQ(pinned->cpu(), cpu);
      EXPECT_THAT(allowed_cpus(), testing::ElementsAre(cpu));
      EXPECT_EQ(sched_getcpu(), cpu);
    }
    EXPECT_EQ(allowed_cpus(), before);
  }
}

TEST(Pinned, ChoosesTheCpuItRunsOn) {
  const auto before = allowed_cpus();
  {
    const auto pinned = Pinned::to(-1);
    ASSERT_TRUE(pinned);
    EXPECT_THAT(allowed_cpus(), testing::ElementsAre(pinned->cpu()));
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(Pinned, MovingDoesNotUnpin) {
  const auto before = allowed_cpus();
  {
    auto pinned = Pinned::to(before.front());
    ASSERT_TRUE(pinned);
    const Pinned moved(std::move(*pinned));
    pinned = fail(ErrorKind::failed, "destroys what was moved from");
    EXPECT_THAT(allowed_cpus(), testing::ElementsAre(before.front()));
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(Pinned, RefusesACpuThatIsNotThere) {
  const auto before = allowed_cpus();
  for (const int cpu : {CPU_SETSIZE - 1, CPU_SETSIZE, 1'000'000}) {
    const auto pinned = Pinned::to(cpu);
    ASSERT_FALSE(pinned) << cpu;
    EXPECT_EQ(pinned.error().kind, ErrorKind::usage);
    EXPECT_THAT(pinned.error().message, HasSubstr("CPU " + std::to_string(cpu)));
  }
  EXPECT_EQ(allowed_cpus(), before);
}

}  // namespace
}  // namespace bytepath::measure
