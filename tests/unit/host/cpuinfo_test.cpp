#include "host/cpuinfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view two_cpus =
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
    "model name\t: AMD EPYC\nstepping\t: 1\nmicrocode\t: 0x1000065\ncpu MHz\t\t: 2445.422\n"
    "flags\t\t: fpu sse2 erms rep_good hypervisor\nbugs\t\t: spectre_v1 srso\n"
    "power management:\n\n"
    "processor\t: 7\nvendor_id\t: AuthenticAMD\ncpu family\t: x\n";

TEST(ParseCpuinfo, reads_each_block) {
  const auto cpus = parse_cpuinfo(two_cpus, "file");
  ASSERT_TRUE(cpus) << cpus.error().message;
  ASSERT_EQ(cpus->size(), 2U);
  const CpuInfo& first = cpus->front();
  EXPECT_EQ(first.number, 0U);
  EXPECT_EQ(first.vendor, "AuthenticAMD");
  EXPECT_EQ(first.family, 25U);
  EXPECT_EQ(first.model, 1U);
  EXPECT_EQ(first.stepping, 1U);
  EXPECT_EQ(first.model_name, "AMD EPYC");
  EXPECT_EQ(first.microcode, 0x1000065U);
  EXPECT_EQ(first.mhz, 2445.422);
  EXPECT_THAT(flag_set(first.flags), ElementsAre("erms", "fpu", "hypervisor", "rep_good", "sse2"));
  EXPECT_THAT(flag_set(first.bugs), ElementsAre("spectre_v1", "srso"));
  EXPECT_EQ(cpus->back().number, 7U);
  EXPECT_EQ(cpus->back().family, std::nullopt) << "not a number";
}

TEST(ParseCpuinfo, refuses_what_names_no_processor) {
  EXPECT_FALSE(parse_cpuinfo("", "file"));
  EXPECT_FALSE(parse_cpuinfo("flags : sse2\n", "file"));
  EXPECT_FALSE(parse_cpuinfo("processor : -1\n", "file"));
}

TEST(CompareFlags, sorts_the_bits_into_three_groups) {
  const Features cpuid = {{"erms", true},  {"fsrm", true}, {"sse2", true},  {"avx2", false},
                          {"clwb", false}, {"fsrs", true}, {"fzrm", false}, {"amd_fsrs", true}};
  const FlagComparison result = compare_flags(cpuid, {"fsrm", "sse2", "avx2", "movdiri"});
  EXPECT_THAT(result.cleared, ElementsAre("erms"));
  EXPECT_THAT(result.added, ElementsAre("avx2"));
  EXPECT_THAT(result.not_printed, ElementsAre("fsrs", "amd_fsrs"));
}

TEST(CompareFlags, says_nothing_about_bits_that_a_dump_left_out) {
  const FlagComparison result = compare_flags({}, {"erms", "fsrm"});
  EXPECT_THAT(result.added, IsEmpty());
}

TEST(SyntheticMicrocode, is_the_default_of_kvm_inside_a_guest) {
  CpuIdentity identity;
  identity.vendor = "AuthenticAMD";
  EXPECT_FALSE(is_synthetic_microcode(0x01000065, identity)) << "bare metal";
  identity.hypervisor.present = true;
  EXPECT_TRUE(is_synthetic_microcode(0x01000065, identity));
  EXPECT_FALSE(is_synthetic_microcode(0x0a0011d5, identity)) << "passed through";
  EXPECT_FALSE(is_synthetic_microcode(0x1, identity));
  identity.vendor = "GenuineIntel";
  EXPECT_TRUE(is_synthetic_microcode(0x1, identity));
}

}  // namespace
}  // namespace bytepath::host
