#include "sampling/hot_code.h"

#include <gtest/gtest.h>

#include <array>

namespace bytepath::sampling {
namespace {

TEST(EntryOf, IsTheInnermostWayIntoTheKernel) {
  EXPECT_EQ(entry_of({"rep_movs_alternative", "_copy_to_iter", "__x64_sys_pread64", "do_syscall_64",
                      "entry_SYSCALL_64_after_hwframe"})
                .system_call,
            "pread64");
  const auto fault = entry_of({"clear_page_erms", "exc_page_fault", "asm_exc_page_fault",
                               "_copy_to_iter", "__x64_sys_read"});
  EXPECT_EQ(fault.entry, Entry::page_fault) << "what the copy ran into";
  EXPECT_EQ(entry_of({"do_syscall_64"}).entry, Entry::system_call);
  EXPECT_EQ(entry_of({"do_syscall_64"}).system_call, "");
  EXPECT_EQ(entry_of({"__do_softirq", "sysvec_apic_timer_interrupt"}).entry, Entry::interrupt);
  EXPECT_EQ(entry_of({"kthread", "ret_from_fork"}).entry, Entry::kernel);
  EXPECT_EQ(entry_of({"", ""}).entry, Entry::kernel) << "names denied";
}

TEST(FollowsInterruptsOn, FindsTheStiBeforeNoOperations) {
  auto disassembler = code::Disassembler::create();
  ASSERT_TRUE(disassembler.has_value());
  const auto follows = [&](std::vector<std::uint8_t> bytes) {
    return follows_interrupts_on(*disassembler, bytes);
  };
  EXPECT_TRUE(follows({0x48, 0x89, 0xc3, 0xfb}));
  EXPECT_TRUE(follows({0x48, 0xfb, 0x0f, 0x1f, 0x44, 0x00, 0x00})) << "nopl of five bytes";
  EXPECT_FALSE(follows({0xfb, 0x48, 0x89, 0xc3})) << "a mov is in between";
  EXPECT_FALSE(follows({0x48, 0x89, 0xc3, 0x90}));
  EXPECT_FALSE(follows({}));
}

TEST(FollowsSystemCall, IsAboutTheTwoBytesBefore) {
  const auto follows = [](std::vector<std::uint8_t> bytes) { return follows_system_call(bytes); };
  EXPECT_TRUE(follows({0x89, 0xc3, 0x0f, 0x05}));
  EXPECT_FALSE(follows({0x0f, 0x05, 0x90}));
  EXPECT_FALSE(follows({0x05}));
}

TEST(IsOfFaults, NeedsManyFaultsForASample) {
  EXPECT_TRUE(is_of_faults(1000, 3));
  EXPECT_FALSE(is_of_faults(20, 3)) << "0.15 ms each";
  EXPECT_FALSE(is_of_faults(0, 0));
}

// The interrupt of the clock waits for the end of a fault.
TEST(HotCode, CountsWhatFaultsAsPageFaults) {
  const trace::MappingTable nothing;
  Profile profile;
  const Sample faulting{.address = 0x1000};
  const Sample working{.address = 0x2000};
  for (int i = 0; i < 5; ++i) {
    profile.add(faulting, nothing, 0.001);
    profile.add(working, nothing, 0.001);
  }
  profile.add_faults(faulting, nothing, 610);
  Profile whole;
  whole.merge(profile);
  symbols::Symbolizer symbolizer(Root("/nonexistent"));
  auto disassembler = code::Disassembler::create();
  ASSERT_TRUE(disassembler.has_value());
  for (const auto& place : hot_code(whole, symbolizer, *disassembler).places) {
    const bool faults = place.place.address == 0x1000;
    EXPECT_EQ(place.entry.entry, faults ? Entry::page_fault : Entry::user);
    EXPECT_EQ(place.faults, faults ? 610U : 0U);
  }
}

// Nobody knows the names: a user who may not read them still learns the addresses and shares.
TEST(HotCode, AddsUpStacksByTheirInnermostPlace) {
  const trace::MappingTable nothing;
  Profile profile;
  for (int i = 0; i < 10; ++i) {
    Sample sample{.address = i < 7 ? 0x1000U : 0x2000U, .process = 0};
    sample.user_callers = {static_cast<std::uint64_t>(0x3000 + i % 2)};
    profile.add(sample, nothing, 0.001);
  }
  symbols::Symbolizer symbolizer(Root("/nonexistent"));
  auto disassembler = code::Disassembler::create();
  ASSERT_TRUE(disassembler.has_value());
  const HotCode hot = hot_code(profile, symbolizer, *disassembler);
  ASSERT_EQ(hot.places.size(), 2U);
  EXPECT_EQ(hot.places[0].samples, 7U);
  EXPECT_EQ(hot.places[1].samples, 3U);
  EXPECT_EQ(hot.places[0].instruction, "") << "no code to be read, so none is claimed";
  EXPECT_EQ(hot.stacks.size(), 4U);
  EXPECT_NEAR(hot.seconds, 0.01, 1e-9);
}

}  // namespace
}  // namespace bytepath::sampling
