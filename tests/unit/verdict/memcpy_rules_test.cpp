#include "verdict/memcpy_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/copy_documents.h"
#include "verdict/copy_remedies.h"
#include "verdict/judge.h"

// Which findings a document gets. The evidence's keys are promised to scripts.
namespace bytepath::verdict {
namespace {

using result::Document;
using result::Finding;
using result::Record;
using result::Severity;
using result::Value;
using test::CopyDocument;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Finding> findings(Document document) {
  judge(document);
  return document.findings;
}

std::vector<std::string> ids(const Document& document) {
  std::vector<std::string> out;
  for (const auto& finding : findings(document)) out.push_back(finding.id);
  return out;
}

Value integer(std::int64_t value) { return value; }
Value text(const char* value) { return std::string(value); }

TEST(Offsets, SevereClassOfRepMovsbIsAFinding) {
  const auto found = findings(CopyDocument{}
                                  .sweep("rep-movsb", "instruction", {{1, 31, 25}})
                                  .ratio("rep-movsb", "instruction", 8, 24.5, 24, 26)
                                  .document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].id, "memcpy.rep-movsb.slow-offset");
  EXPECT_EQ(found[0].severity, Severity::finding);
  EXPECT_EQ(found[0].text,
            "rep-movsb takes 24.5x [24.0 to 26.0] as long when (destination - source) mod 4096 is "
            "1..31");
  EXPECT_EQ(found[0].evidence, (Record{{"kernel", text("rep-movsb")},
                                       {"class", text("alias-slow")},
                                       {"d_first", integer(1)},
                                       {"d_last", integer(31)},
                                       {"size", integer(4096)},
                                       {"ratio", 24.5},
                                       {"ratio_low", 24.0},
                                       {"ratio_high", 26.0}}));
  EXPECT_THAT(found[0].remedies, testing::Not(IsEmpty()));
  EXPECT_THAT(found[0].remedies[0].text, HasSubstr("out of 1..31"));
}

TEST(Offsets, TwoClassesAreTwoFindingsTheWorseFirst) {
  const auto found = findings(
      CopyDocument{}.sweep("rep-movsb", "instruction", {{1, 15, 25}, {16, 31, 2.3}}).document);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].evidence.at("d_last"), integer(15));
  EXPECT_EQ(found[0].evidence.at("class"), text("alias-slow"));
  EXPECT_EQ(found[0].severity, Severity::finding);
  EXPECT_EQ(found[1].evidence.at("d_first"), integer(16));
  EXPECT_EQ(found[1].evidence.at("class"), text("alias-mild"));
  EXPECT_EQ(found[1].severity, Severity::warning);
}

TEST(Offsets, KernelsThatNobodyEmitsAreNotes) {
  const auto found = findings(CopyDocument{}
                                  .sweep("avx2", "vector", {{1, 31, 9}})
                                  .sweep("rep-movsq", "instruction", {{1, 31, 9}})
                                  .document);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].id, "memcpy.rep-movsq.slow-offset");
  EXPECT_EQ(found[0].severity, Severity::finding);
  EXPECT_EQ(found[1].id, "memcpy.avx2.slow-offset");
  EXPECT_EQ(found[1].severity, Severity::note);
  EXPECT_THAT(found[1].remedies, IsEmpty());
}

// The paired ratio must be of this kernel, this size and an offset of this class.
TEST(Offsets, TakesThePairedRatioOfTheSameCopyOnly) {
  const auto ratio_of = [](const CopyDocument& made) {
    return std::get<double>(findings(made.document).front().evidence.at("ratio"));
  };
  const auto swept = [] { return CopyDocument{}.sweep("rep-movsb", "instruction", {{1, 31, 25}}); };
  EXPECT_EQ(ratio_of(swept().ratio("rep-movsb", "instruction", 31, 20, 19, 21)), 20);
  EXPECT_NEAR(ratio_of(swept().ratio("rep-movsb", "instruction", 32, 20, 19, 21)), 25, 1e-6);
  EXPECT_NEAR(ratio_of(swept().ratio("rep-movsq", "instruction", 8, 20, 19, 21)), 25, 1e-6);
  EXPECT_NEAR(ratio_of(swept().ratio("rep-movsb", "instruction", 8, 20, 19, 21, 256)), 25, 1e-6);
}

TEST(Offsets, AClassAroundZeroHoldsBothSides) {
  const auto found = findings(CopyDocument{}
                                  .sweep("rep-movsb", "instruction", {{4090, 4095, 8}, {0, 5, 8}})
                                  .ratio("rep-movsb", "instruction", 4092, 7, 7, 7)
                                  .document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].evidence.at("d_first"), integer(4090));
  EXPECT_EQ(found[0].evidence.at("d_last"), integer(5));
  EXPECT_EQ(found[0].evidence.at("ratio"), Value(7.0));
}

TEST(Libc, SlowWindowHasItsEvidence) {
  auto made = CopyDocument{}
                  .sweep("memcpy", "libc", {{1, 31, 20}})
                  .ratio("memcpy", "libc", 8, 20, 19, 21)
                  .window("memcpy", 2113, 524287);
  made.document.parameters["variant.memcpy"] = text("__memmove_avx_unaligned_erms");
  const auto found = findings(made.document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].id, "memcpy.libc.slow-window");
  EXPECT_EQ(found[0].severity, Severity::finding);
  EXPECT_EQ(found[0].text,
            "memcpy (__memmove_avx_unaligned_erms) takes 20.0x [19.0 to 21.0] as long for 2113 to "
            "524287 bytes when (destination - source) mod 4096 is 1..31");
  EXPECT_EQ(found[0].evidence, (Record{{"function", text("memcpy")},
                                       {"variant", text("__memmove_avx_unaligned_erms")},
                                       {"class", text("alias-slow")},
                                       {"d_first", integer(1)},
                                       {"d_last", integer(31)},
                                       {"size_first", integer(2113)},
                                       {"size_last", integer(524287)},
                                       {"ratio", 20.0},
                                       {"ratio_low", 19.0},
                                       {"ratio_high", 21.0}}));
}

TEST(Libc, WithoutWindowAndVariantTheKeysAreThereButEmpty) {
  const auto found = findings(CopyDocument{}.sweep("memcpy", "libc", {{1, 31, 3}}).document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_THAT(found[0].text, HasSubstr("for 4096 bytes when"));
  for (const char* key : {"variant", "size_first", "size_last"}) {
    ASSERT_TRUE(found[0].evidence.contains(key)) << key;
    EXPECT_EQ(found[0].evidence.at(key), Value{}) << key;
  }
}

TEST(Libc, AWindowThatGoesOnHasNoLastSize) {
  const auto found = findings(CopyDocument{}
                                  .sweep("memcpy", "libc", {{1, 31, 20}})
                                  .window("memcpy", 2113, 1048576, false, true)
                                  .document);
  EXPECT_EQ(found.at(0).evidence.at("size_first"), integer(2113));
  EXPECT_EQ(found.at(0).evidence.at("size_last"), Value{});
}

TEST(Remedies, SayWhetherTheyWereTriedHere) {
  const auto libc = [](const CopyDocument& made) {
    return findings(made.document).front().remedies;
  };
  const auto slow = [] { return CopyDocument{}.sweep("memcpy", "libc", {{1, 31, 20}}); };
  const auto untried = libc(slow());
  ASSERT_THAT(untried, SizeIs(4));
  EXPECT_EQ(untried[0].command,
            "GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=0x40000000 PROGRAM");
  EXPECT_EQ(untried[1].command, "GLIBC_TUNABLES=glibc.cpu.hwcaps=-ERMS PROGRAM");
  EXPECT_EQ(untried[0].verified, std::nullopt);
  const auto tried = libc(slow().trial(threshold_tunable, true).trial(no_erms_tunable, false));
  EXPECT_EQ(tried[0].verified, true);
  EXPECT_EQ(tried[1].verified, false);
  EXPECT_EQ(tried[2].verified, std::nullopt);
  EXPECT_EQ(libc(slow().trial(threshold_tunable, Value{}))[0].verified, std::nullopt);
  EXPECT_EQ(libc(slow().trial("glibc.cpu.hwcaps=-FSRM", true))[1].verified, std::nullopt);
}

TEST(Syscalls, SlowOffsetHasItsEvidence) {
  const auto found = findings(CopyDocument{}
                                  .sweep("pread", "syscall", {{1, 31, 6}}, 16384)
                                  .ratio("pread", "syscall", 8, 6, 5, 7, 16384)
                                  .document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].id, "memcpy.syscall.slow-offset");
  EXPECT_EQ(found[0].severity, Severity::finding);
  EXPECT_EQ(found[0].text,
            "pread of 16384 bytes takes 6.00x [5.00 to 7.00] as long when d is 1..31");
  EXPECT_EQ(found[0].evidence, (Record{{"syscall", text("pread")},
                                       {"class", text("alias-slow")},
                                       {"d_first", integer(1)},
                                       {"d_last", integer(31)},
                                       {"size", integer(16384)},
                                       {"ratio", 6.0},
                                       {"ratio_low", 5.0},
                                       {"ratio_high", 7.0}}));
  ASSERT_THAT(found[0].remedies, SizeIs(3));
  EXPECT_THAT(found[0].remedies[1].command, HasSubstr("clearcpuid=erms,fsrm"));
}

TEST(Syscalls, BelowTwofoldIsAWarning) {
  const auto found =
      findings(CopyDocument{}.sweep("pread", "syscall", {{1, 31, 1.8}}, 16384).document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, Severity::warning);
}

TEST(PhysicalAlias, NeedsMoreSlowPairsThanChanceMakes) {
  const auto pairs = [](double share) {
    return CopyDocument{}
        .metric("slow_page_pairs", 48, share, share, share, 256)
        .metric("slow_page_pair_factor", 48, 9, 9, 9, 16)
        .document;
  };
  EXPECT_THAT(ids(pairs(0.019)), IsEmpty());
  const auto found = findings(pairs(0.0625));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].id, "memcpy.physical-alias");
  EXPECT_EQ(found[0].severity, Severity::note);
  EXPECT_THAT(found[0].text, HasSubstr("6.2 % of page pairs copy 2048 bytes at offset 48 9.00x"));
  EXPECT_EQ(found[0].evidence, (Record{{"pairs", integer(256)},
                                       {"slow_pairs", integer(16)},
                                       {"share", 0.0625},
                                       {"ratio", 9.0},
                                       {"offset", 48.0}}));
  EXPECT_THAT(ids(CopyDocument{}.metric("slow_page_pairs", 48, 0.5, 0.5, 0.5).document), IsEmpty());
}

TEST(FarDistance, IsTheIntelClassWhenTheControlIsFast) {
  const auto found = findings(CopyDocument{}
                                  .metric("far_distance_ratio", 2048, 1.02, 1, 1.1)
                                  .metric("far_distance_ratio", 1, 1.1, 1, 1.2)
                                  .metric("far_distance_ratio", 32, 6, 5.5, 6.5)
                                  .document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].id, "memcpy.far-distance");
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_THAT(found[0].text, HasSubstr("4 GiB plus 32 bytes"));
  EXPECT_THAT(found[0].text, HasSubstr("the class that glibc avoids on Intel"));
  EXPECT_EQ(found[0].evidence, (Record{{"offset", 32.0},
                                       {"ratio", 6.0},
                                       {"ratio_low", 5.5},
                                       {"ratio_high", 6.5},
                                       {"control_ratio", 1.02}}));
}

TEST(FarDistance, IsTheDistanceAloneWhenTheControlIsSlowToo) {
  const auto found = findings(CopyDocument{}
                                  .metric("far_distance_ratio", 32, 6, 5.5, 6.5)
                                  .metric("far_distance_ratio", 2048, 5, 4.5, 5.5)
                                  .document);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, Severity::note);
  EXPECT_THAT(found[0].text, HasSubstr("at offset 2048 too (5.00x)"));
  EXPECT_EQ(found[0].evidence.at("control_ratio"), Value(5.0));
}

TEST(FarDistance, IsSilentWhenFastOrUncertain) {
  EXPECT_THAT(ids(CopyDocument{}.metric("far_distance_ratio", 32, 6, 1.4, 6.5).document),
              IsEmpty());
  EXPECT_THAT(ids(CopyDocument{}.metric("far_distance_ratio", 2048, 6, 5, 7).document), IsEmpty());
}

TEST(Findings, ComeByFallingSeverity) {
  auto document = test::affected_host();
  document.series.insert(document.series.begin(),
                         CopyDocument{}.sweep("avx2", "vector", {{1, 31, 9}}).document.series[0]);
  EXPECT_THAT(ids(document), ElementsAre("memcpy.rep-movsb.slow-offset", "memcpy.libc.slow-window",
                                         "memcpy.syscall.slow-offset", "memcpy.avx2.slow-offset"));
}

TEST(Findings, AreNoneOnACleanHost) { EXPECT_THAT(ids(test::clean_host()), IsEmpty()); }

TEST(Rules, EveryFindingIsOneThatItsRuleDeclares) {
  for (const auto& finding : findings(test::affected_host())) {
    EXPECT_TRUE(known_pattern("memcpy-probe", finding.id)) << finding.id;
  }
}

TEST(Names, AnyIsEveryFindingButNoNoteOrWarning) {
  EXPECT_TRUE(names("any", {.id = "a", .severity = Severity::finding}));
  EXPECT_FALSE(names("any", {.id = "a", .severity = Severity::warning}));
  EXPECT_FALSE(names("any", {.id = "a", .severity = Severity::note}));
}

TEST(Names, AreIdsOrShellPatterns) {
  const Finding finding{.id = "memcpy.libc.slow-window", .severity = Severity::note};
  for (const char* pattern : {"memcpy.libc.slow-window", "memcpy.*", "*", "memcpy.l?bc.*"}) {
    EXPECT_TRUE(names(pattern, finding)) << pattern;
  }
  for (const char* pattern : {"memcpy.libc", "libc.*", "", "memcpy.libc.slow-window "}) {
    EXPECT_FALSE(names(pattern, finding)) << pattern;
  }
}

TEST(KnownPattern, RefusesTheOnesThatCouldNeverFail) {
  for (const char* pattern :
       {"any", "*", "memcpy.*", "memcpy.libc.slow-window", "memcpy.rep-movsb.slow-offset",
        "memcpy.against.slower", "memcpy.rep-*.slow-offset", "memcpy.syscall.slow-offset"}) {
    EXPECT_TRUE(known_pattern("memcpy-probe", pattern)) << pattern;
  }
  for (const char* pattern : {"", "none", "memcpy", "memcpy.libc.slow-windows", "memcpy.libc",
                              "memcy.libc.slow-window", "Any", "faults.*"}) {
    EXPECT_FALSE(known_pattern("memcpy-probe", pattern)) << "'" << pattern << "'";
  }
  EXPECT_FALSE(known_pattern("no-such-probe", "memcpy.*"));
  EXPECT_TRUE(known_pattern("no-such-probe", "any"));
  EXPECT_TRUE(known_pattern("", "memcpy.libc.slow-window")) << "of any program";
  EXPECT_FALSE(known_pattern("", "memcpy.libc.slow-windows"));
}

}  // namespace
}  // namespace bytepath::verdict
