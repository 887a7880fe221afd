#include "host/tunables.h"

#include <gtest/gtest.h>

namespace bytepath::host {
namespace {

constexpr GlibcVersion debian12{.major = 2, .minor = 36};
constexpr GlibcVersion fixed{.major = 2, .minor = 41};

TunableFinding judge(const std::string& variable, TunableContext context) {
  const auto findings = judge_tunables(variable, context);
  EXPECT_EQ(findings.size(), 1U) << variable;
  return findings.empty() ? TunableFinding{} : findings.front();
}

std::string verdict(const std::string& variable, GlibcVersion version = debian12,
                    std::size_t vector_bytes = 32) {
  return std::string(
      to_text(judge(variable, {.version = version, .vector_bytes = vector_bytes}).verdict));
}

const std::string movsb = "glibc.cpu.x86_rep_movsb_threshold=";
const std::string non_temporal = "glibc.cpu.x86_non_temporal_threshold=";

TEST(RepMovsbThreshold, MustBeLargerThanEightVectors) {
  EXPECT_EQ(verdict(movsb + "256"), "ignored");
  EXPECT_EQ(verdict(movsb + "257"), "harmful");  // in force, and smaller than the default
  EXPECT_EQ(verdict(movsb + "512", debian12, 64), "ignored");
  EXPECT_EQ(verdict(movsb + "512", debian12, 32), "harmful");
  EXPECT_EQ(verdict(movsb + "512", debian12, 0), "unknown");
  EXPECT_EQ(verdict(movsb + "128", debian12, 0), "ignored");
  EXPECT_EQ(verdict(movsb + "junk"), "ignored");
  EXPECT_EQ(verdict(movsb), "ignored");
}

TEST(RepMovsbThreshold, IsTheRemedyOnAGlibcWithTheWindow) {
  EXPECT_EQ(verdict(movsb + "0x40000000"), "accepted");
  EXPECT_EQ(verdict(movsb + "1073741824"), "accepted");
  EXPECT_EQ(verdict(movsb + "-1"), "accepted");
  EXPECT_EQ(verdict(movsb + " 010000"), "accepted");  // octal 4096
}

TEST(RepMovsbThreshold, IsStaleOnAGlibcThatAvoidsRepMovsb) {
  EXPECT_EQ(verdict(movsb + "2113", fixed), "harmful");
  EXPECT_EQ(std::string(to_text(
                judge(movsb + "2113", {.version = GlibcVersion{2, 39}, .avoids_rep_movsb = true})
                    .verdict)),
            "harmful");
}

TEST(RepMovsbThreshold, DoesNotExistBefore232) {
  EXPECT_EQ(verdict(movsb + "1000000", {.major = 2, .minor = 31}), "ignored");
}

TEST(RepMovsbThreshold, WarnsOfTruncationAbove4GiB) {
  const auto finding = judge(movsb + "0x100000000", {.version = debian12, .vector_bytes = 32});
  EXPECT_EQ(finding.verdict, TunableVerdict::accepted);
  EXPECT_NE(finding.why.find("32 bits"), std::string::npos);
}

TEST(Suffixes, AreDroppedBefore239AndRefusedLater) {
  const auto finding = judge(movsb + "16384K", {.version = debian12, .vector_bytes = 32});
  EXPECT_EQ(finding.verdict, TunableVerdict::changed);
  EXPECT_NE(finding.why.find("16384"), std::string::npos);
  EXPECT_EQ(verdict(movsb + "512K", {.major = 2, .minor = 39}), "ignored");
}

TEST(NonTemporalThreshold, HasBoundsSince236) {
  EXPECT_EQ(verdict(non_temporal + "0x4040"), "ignored");
  EXPECT_EQ(verdict(non_temporal + "0x4041"), "useless");
  EXPECT_EQ(verdict(non_temporal + "0xfffffffffffffff"), "useless");
  EXPECT_EQ(verdict(non_temporal + "0x1000000000000000"), "ignored");
  EXPECT_EQ(verdict(non_temporal + "0x4040", {.major = 2, .minor = 35}), "useless");
}

TEST(NonTemporalThreshold, RebreaksAFixedGlibc) {
  EXPECT_EQ(verdict(non_temporal + "0x40000000", fixed), "harmful");
}

TEST(Hwcaps, AreJudgedOneByOne) {
  const auto findings =
      judge_tunables("glibc.cpu.hwcaps=-FSRM,-ERMS,Prefer_FSRM,Prefer_ERMS,-AVX2,Something",
                     {.version = debian12});
  ASSERT_EQ(findings.size(), 6U);
  EXPECT_EQ(findings[0].verdict, TunableVerdict::useless);
  EXPECT_EQ(findings[1].verdict, TunableVerdict::accepted);
  EXPECT_EQ(findings[2].verdict, TunableVerdict::harmful);
  EXPECT_EQ(findings[3].verdict, TunableVerdict::harmful);
  EXPECT_EQ(findings[4].verdict, TunableVerdict::useless);
  EXPECT_EQ(findings[5].verdict, TunableVerdict::unknown);
  EXPECT_EQ(findings[2].value, "Prefer_FSRM");
}

TEST(Variable, KeepsTheLastOfTwo) {
  const auto findings =
      judge_tunables(movsb + "300:" + movsb + "0x40000000", {.version = debian12});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].verdict, TunableVerdict::ignored);
  EXPECT_EQ(findings[1].verdict, TunableVerdict::accepted);
}

TEST(Variable, IsIgnoredByMusl) {
  EXPECT_EQ(judge(movsb + "0x40000000", {.glibc = false}).verdict, TunableVerdict::ignored);
}

TEST(Variable, IsDroppedAsAWholeWhenIllFormedSince239) {
  EXPECT_EQ(judge("a=b=c:" + movsb + "0x40000000", {.version = fixed}).tunable, "GLIBC_TUNABLES");
  EXPECT_EQ(judge(movsb + "0x40000000:rest", {.version = fixed}).tunable, "GLIBC_TUNABLES");
  EXPECT_EQ(judge(movsb + "0x40000000:rest", {.version = debian12}).verdict,
            TunableVerdict::accepted);
  EXPECT_TRUE(judge_tunables("", {.version = fixed}).empty());
}

TEST(Variable, LeavesOtherTunablesAlone) {
  EXPECT_EQ(verdict("glibc.malloc.check=1"), "unknown");
  EXPECT_EQ(verdict("glibc.cpu.x86_rep_stosb_threshold=0"), "ignored");
  EXPECT_EQ(verdict("glibc.cpu.x86_rep_stosb_threshold=4096"), "accepted");
}

TEST(Environment, HoldsTheVariable) {
  using namespace std::string_view_literals;
  EXPECT_EQ(find_tunables_variable("A=1\0GLIBC_TUNABLES=x=y\0B=2\0"sv), "x=y"sv);
  EXPECT_EQ(find_tunables_variable("GLIBC_TUNABLES=x"sv), "x"sv);
  EXPECT_FALSE(find_tunables_variable("XGLIBC_TUNABLES=x\0"sv));
  EXPECT_FALSE(find_tunables_variable(""sv));
}

}  // namespace
}  // namespace bytepath::host
