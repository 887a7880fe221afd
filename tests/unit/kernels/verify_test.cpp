// The check itself has to see every way in which a copy can be wrong.
#include "kernels/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "unit/kernels/memory.h"

namespace bytepath::kernels {
namespace {

using testing::HasSubstr;

constexpr std::size_t bytes = 300;

std::byte* at(void* address, std::ptrdiff_t offset) {
  return static_cast<std::byte*>(address) + offset;
}

void good(void* to, const void* from, std::size_t size) { std::memcpy(to, from, size); }

// A copy that then writes one wrong byte `offset` bytes from the destination's beginning.
template <std::ptrdiff_t offset>
void flawed(void* to, const void* from, std::size_t size) {
  good(to, from, size);
  *at(to, offset) ^= std::byte{1};
}

void one_less(void* to, const void* from, std::size_t size) { good(to, from, size - 1); }

void zeros(void* to, const void*, std::size_t size) { std::memset(to, 0, size); }

std::string error_of(Kernel kernel, std::size_t destination_offset = 100,
                     std::size_t size = bytes) {
  kernel.name = "test";
  const TestArena memory(2 * page_bytes);
  const auto done = verify(kernel, nullptr, memory.get(), 33, destination_offset, size);
  return done ? "" : done.error().message;
}

TEST(Verify, AcceptsACopy) { EXPECT_EQ(error_of({.repeat = repeat<good>}), ""); }

TEST(Verify, SeesEachWrongByte) {
  EXPECT_THAT(error_of({.repeat = repeat<flawed<0>>}), HasSubstr("byte 0 wrong"));
  EXPECT_THAT(error_of({.repeat = repeat<flawed<299>>}), HasSubstr("byte 299 wrong"));
}

TEST(Verify, SeesAByteThatWasNotCopied) {
  for (int i = 0; i < 100; ++i)  // whatever the pattern is
    EXPECT_THAT(error_of({.repeat = repeat<one_less>}), HasSubstr("byte 299 wrong"));
}

TEST(Verify, SeesWritesOnBothSidesOfTheDestination) {
  EXPECT_THAT(error_of({.repeat = repeat<flawed<-1>>}), HasSubstr("1 bytes before"));
  EXPECT_THAT(error_of({.repeat = repeat<flawed<-64>>}), HasSubstr("64 bytes before"));
  EXPECT_THAT(error_of({.repeat = repeat<flawed<300>>}), HasSubstr("behind its destination"));
  EXPECT_THAT(error_of({.repeat = repeat<flawed<363>>}), HasSubstr("at byte 363"));
}

TEST(Verify, ExpectsZerosOfAFill) {
  EXPECT_EQ(error_of({.fills = true, .repeat = repeat<zeros>}), "");
  EXPECT_THAT(error_of({.fills = true, .repeat = repeat<good>}), HasSubstr("wrong"));
  EXPECT_THAT(error_of({.repeat = repeat<zeros>}), HasSubstr("wrong"));
}

TEST(Verify, ReportsTheErrorOfTheKernel) {
  const auto failing = [](void*, void*, const void*, std::size_t, std::size_t) { return ENOSPC; };
  EXPECT_THAT(error_of({.repeat = failing}), HasSubstr("No space left"));
  const auto refusing = [](void*, const void*, std::size_t) { return EROFS; };
  EXPECT_THAT(error_of({.repeat = repeat<good>, .write_in = refusing}), HasSubstr("Read-only"));
}

TEST(Verify, RefusesWhatCannotBeAsked) {
  const Kernel plain{.repeat = repeat<good>};
  EXPECT_THAT(error_of({.granule = 8, .repeat = repeat<good>}), HasSubstr("multiple"));
  EXPECT_THAT(error_of({.max_size = 299, .repeat = repeat<good>}), HasSubstr("largest"));
  EXPECT_THAT(error_of({.unavailable = "no such CPU", .repeat = repeat<good>}),
              HasSubstr("no such CPU"));
  EXPECT_THAT(error_of(plain, 63), HasSubstr("guard bytes"));
  EXPECT_EQ(error_of(plain, 64), "");
  EXPECT_EQ(error_of(plain, 2 * page_bytes - bytes - guard_bytes), "");
  EXPECT_THAT(error_of(plain, 2 * page_bytes - bytes - guard_bytes + 1), HasSubstr("guard bytes"));
  EXPECT_THAT(error_of(plain, 100, 2 * page_bytes), HasSubstr("source"));
  EXPECT_THAT(error_of(plain, 100, SIZE_MAX), HasSubstr("source"));
}

}  // namespace
}  // namespace bytepath::kernels
