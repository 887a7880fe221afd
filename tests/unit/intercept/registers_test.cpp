#include "intercept/registers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace bytepath::intercept {
namespace {

TEST(Registers, ArgumentsComeInTheOrderOfTheInterface) {
  Registers registers{};
  registers.rdi = 1;
  registers.rsi = 2;
  registers.rdx = 3;
  registers.r10 = 4;
  registers.r8 = 5;
  registers.r9 = 6;
  const Arguments expected{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(arguments_of(registers), expected);
  Registers copy{};
  set_arguments(copy, expected);
  EXPECT_EQ(arguments_of(copy), expected);
  EXPECT_EQ(copy.r10, 4U);
  EXPECT_EQ(copy.rcx, 0U);
}

TEST(Registers, OnlyTheLastAddressesAreErrors) {
  const auto result = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  EXPECT_EQ(error_of(result(-EINVAL)), EINVAL);
  EXPECT_TRUE(is_error(result(-4095)));
  EXPECT_FALSE(is_error(result(-4096)));
  EXPECT_FALSE(is_error(0));
  EXPECT_EQ(error_of(0x7f0000000000), 0);
}

TEST(Registers, ACallIsMadeByTheInstructionThatWasJustRun) {
  Registers behind{};
  behind.rip = 0x1002;
  behind.rax = 77;
  behind.orig_rax = 9;
  behind.rsp = 0x8000;
  const Registers made = with_call(behind, 28, {1, 2, 3});
  EXPECT_EQ(made.rip, 0x1000U);
  EXPECT_EQ(made.rax, 28U);
  EXPECT_EQ(made.orig_rax, ~0ULL);
  EXPECT_EQ(made.rsp, 0x8000U);
  EXPECT_EQ(arguments_of(made), (Arguments{1, 2, 3}));
}

TEST(Registers, ACallIsLeftOut) {
  Registers at_call{};
  at_call.rip = 0x1002;
  at_call.orig_rax = 28;
  at_call.rdi = 5;
  const Registers left_out = without_call(at_call, -EINVAL);
  EXPECT_EQ(left_out.orig_rax, ~0ULL);
  EXPECT_EQ(error_of(left_out.rax), EINVAL);
  EXPECT_EQ(left_out.rip, 0x1002U);
  EXPECT_EQ(left_out.rdi, 5U);
}

TEST(Registers, OfAThreadThatIsNotTracedCannotBeRead) {
  EXPECT_FALSE(read_registers(getpid()).has_value());
  EXPECT_FALSE(write_registers(getpid(), {}));
  EXPECT_FALSE(is_behind_call(getpid(), 0x1000));
}

}  // namespace
}  // namespace bytepath::intercept
