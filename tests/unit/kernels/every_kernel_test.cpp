// What has to be true of each row of the table. A row that this host cannot run is skipped once,
// with the reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "kernels/verify.h"
#include "unit/kernels/memory.h"

namespace bytepath::kernels {
namespace {

constexpr std::size_t arena_bytes = 2 << 20;
constexpr std::size_t offsets[] = {0, 1, 7, 8, 15, 16, 31, 32, 63};

std::vector<std::size_t> sizes_of(const Kernel& kernel) {
  std::set<std::size_t> sizes;
  for (const std::size_t size : {1U, 2U, 3U, 7U, 8U, 16U, 32U, 33U, 64U, 127U, 255U, 256U, 2113U,
                                 4096U, 5000U, 65536U, 65537U})
    sizes.insert(std::max(size / kernel.granule, std::size_t{1}) * kernel.granule);
  sizes.insert(std::min(kernel.max_size, arena_bytes / 2) / kernel.granule * kernel.granule);
  std::erase_if(sizes, [&](std::size_t size) { return size > kernel.max_size; });
  return {sizes.begin(), sizes.end()};
}

class EveryKernel : public testing::TestWithParam<Kernel> {
 protected:
  // All pairs of offsets from the beginning of a page at one size, all sizes at a few pairs.
  static void verify_everywhere(const Arena& arena) {
    const Kernel& kernel = GetParam();
    const auto state = open(kernel, arena);
    ASSERT_TRUE(state) << state.error().message;
    const auto check = [&](std::size_t source, std::size_t destination, std::size_t size) {
      const auto done = verify(kernel, state->get(), arena, page_bytes + source,
                               2 * page_bytes + destination, size);
      EXPECT_TRUE(done) << done.error().message << " (offsets " << source << " and " << destination
                        << ")";
    };
    for (const std::size_t source : offsets)
      for (const std::size_t destination : offsets) check(source, destination, 256);
    for (const std::size_t size : sizes_of(kernel))
      for (const std::size_t offset : offsets) {
        check(0, offset, size);
        check(offset, 0, size);
      }
  }
};

// Every row that runs here; of a file; of a system call.
class RunnableKernel : public EveryKernel {};
class FileKernel : public EveryKernel {};
class SyscallKernel : public EveryKernel {};

TEST_P(EveryKernel, CopiesTheBytesAskedForAndNoOthers) {
  const Kernel& kernel = GetParam();
  if (!kernel.unavailable.empty()) GTEST_SKIP() << kernel.name << ": " << kernel.unavailable;
  verify_everywhere(TestArena(arena_bytes).get());
}

TEST_P(FileKernel, UsesFilesInADirectoryWhenToldTo) {
  verify_everywhere(TestArena(arena_bytes, testing::TempDir()).get());
}

TEST_P(RunnableKernel, ReachesBothEndsOfTheArena) {
  const Kernel& kernel = GetParam();
  const std::size_t size = std::min(kernel.max_size, 16 * page_bytes);
  const TestArena memory(size);
  const auto state = open(kernel, memory.get());
  ASSERT_TRUE(state) << state.error().message;
  const Arena& arena = memory.get();
  EXPECT_EQ(kernel.repeat(state->get(), arena.destination, arena.source, size, 1), 0);
}

TEST_P(RunnableKernel, MovesAgainAndAgain) {
  const Kernel& kernel = GetParam();
  const TestArena memory(64 * page_bytes);
  const Arena& arena = memory.get();
  const auto state = open(kernel, arena);
  ASSERT_TRUE(state) << state.error().message;
  const std::size_t size = std::min(kernel.max_size, 2 * page_bytes);
  EXPECT_EQ(kernel.repeat(state->get(), arena.destination + 8, arena.source, size, 100), 0);
  const auto after = verify(kernel, state->get(), arena, 0, page_bytes, size);
  EXPECT_TRUE(after) << after.error().message;
}

TEST_P(RunnableKernel, MovesNothingWhenAskedForNoTimes) {
  const Kernel& kernel = GetParam();
  const TestArena memory(4 * page_bytes);
  const Arena& arena = memory.get();
  const auto state = open(kernel, arena);
  ASSERT_TRUE(state) << state.error().message;
  arena.destination[8] = std::byte{0x77};
  if (kernel.write_in) {
    ASSERT_EQ(kernel.write_in(state->get(), arena.destination + 8, 1), 0);
  }
  EXPECT_EQ(kernel.repeat(state->get(), arena.destination + 8, arena.source, 64, 0), 0);
  std::byte found = arena.destination[8];
  if (kernel.read_back) {
    ASSERT_EQ(kernel.read_back(state->get(), &found, arena.destination + 8, 1), 0);
  }
  EXPECT_EQ(found, std::byte{0x77});
}

TEST_P(SyscallKernel, RefusesWhatIsOutsideOfTheArena) {
  const Kernel& kernel = GetParam();
  const TestArena memory(4 * page_bytes);
  const Arena& arena = memory.get();
  const auto state = open(kernel, arena);
  ASSERT_TRUE(state) << state.error().message;
  const auto repeat = [&](std::ptrdiff_t destination, std::ptrdiff_t source, std::size_t size) {
    return kernel.repeat(state->get(), arena.destination + destination, arena.source + source, size,
                         1);
  };
  constexpr std::ptrdiff_t end = 4 * page_bytes;
  EXPECT_EQ(repeat(0, end - 1, 2), EFAULT);
  EXPECT_EQ(repeat(end - 1, 0, 2), EFAULT);
  EXPECT_EQ(repeat(-1, 0, 1), EFAULT);
  EXPECT_EQ(repeat(0, -1, 1), EFAULT);
  EXPECT_EQ(repeat(0, 0, std::size_t{end} + 1), EFAULT);
  EXPECT_EQ(repeat(0, 0, SIZE_MAX), EFAULT);
  EXPECT_EQ(repeat(end - 1, end - 1, 1), 0);
}

TEST_P(RunnableKernel, PlacesEachDistanceAsItsOffsetSays) {
  const Kernel& kernel = GetParam();
  for (const std::size_t d : {0U, 1U, 15U, 2048U, 4095U, 4096U, 4097U}) {
    const Placement at = place(kernel, d);
    EXPECT_EQ((at.destination - at.source) % page_bytes, d % page_bytes);
    EXPECT_LT(at.source, page_bytes);
    EXPECT_LT(at.destination, page_bytes);
    EXPECT_TRUE(kernel.page_start != PageStart::source || at.source == 0);
    EXPECT_TRUE(kernel.page_start != PageStart::destination || at.destination == 0);
  }
}

std::vector<Kernel> runnable(bool (*chosen)(const Kernel&)) {
  auto rows = all();
  std::erase_if(rows, [&](const Kernel& row) { return !row.unavailable.empty() || !chosen(row); });
  return rows;
}

std::string name_of(const testing::TestParamInfo<Kernel>& each) {
  std::string name = each.param.name;
  std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Table, EveryKernel, testing::ValuesIn(all()), name_of);
INSTANTIATE_TEST_SUITE_P(Table, RunnableKernel,
                         testing::ValuesIn(runnable([](const Kernel&) { return true; })), name_of);
INSTANTIATE_TEST_SUITE_P(Table, FileKernel, testing::ValuesIn(runnable([](const Kernel& row) {
                           return row.write_in != nullptr;
                         })),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Table, SyscallKernel, testing::ValuesIn(runnable([](const Kernel& row) {
                           return row.family == Family::syscall;
                         })),
                         name_of);

}  // namespace
}  // namespace bytepath::kernels
