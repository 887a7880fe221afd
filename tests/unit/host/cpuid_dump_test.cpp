#include "host/cpuid_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::host {
namespace {

using testing::HasSubstr;

constexpr std::string_view raw =
    "CPU 2:\n"
    "   0x00000000 0x00: eax=0x00000007 ebx=0x68747541 ecx=0x444d4163 edx=0x69746e65\n"
    "   0x00000001 0x00: eax=0x00a20f10 ebx=0x00000000 ecx=0x00000000 edx=0x00000001\n"
    "   0x00000007 0x01: eax=0x00001c00 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n";

std::string with_cr_lf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

std::string error_of(std::string_view text) {
  const auto dump = parse_dump(text, "file");
  if (dump) return "";
  EXPECT_EQ(dump.error().kind, ErrorKind::usage);
  EXPECT_NE(dump.error().hint, "");
  EXPECT_EQ(dump.error().message.find('\n'), std::string::npos);
  return dump.error().message;
}

TEST(ParseDump, reads_the_raw_form) {
  const auto dump = parse_dump(raw, "file");
  ASSERT_TRUE(dump) << dump.error().message;
  ASSERT_EQ(dump->cpus.size(), 1U);
  EXPECT_EQ(dump->cpus[0].number, 2U);
  ASSERT_EQ(dump->cpus[0].leaves.size(), 3U);
  const Registers expected{.eax = 7, .ebx = 0x68747541, .ecx = 0x444d4163, .edx = 0x69746e65};
  EXPECT_EQ(dump->cpus[0].leaves.at({.leaf = 0, .subleaf = 0}), expected);
  EXPECT_EQ(dump->cpus[0].leaves.at({.leaf = 7, .subleaf = 1}).eax, 0x1c00U);
}

TEST(ParseDump, reads_the_aida_form_with_headers_and_prose) {
  const auto dump = parse_dump(
      "------[ Versions ]------\n\nProgram Version : AIDA64\nCPUID Manufacturer : AuthenticAMD\n"
      "------[ CPUID Registers / Logical CPU #0 ]------\n\n"
      "CPUID 00000000: 0000000D-68747541-444D4163-69746E65 [AuthenticAMD]\n"
      "CPUID 00000001: 00A20F10-00000000-00000000-00000001\n"
      "CPUID 0000000D: 00000007-00000340-00000340-00000000 [SL 00]\n"
      "CPUID 0000000D: 00000040-00000340-00000000-00000000 [SL 0A]\n"
      "allcpu: Package 0 / Core 0 / Thread 0: Valid\n"
      "------[ Logical CPU #1 ]------\n"
      "CPUID 00000000: 0000000D-68747541-444D4163-69746E65\n"
      "CPUID 00000001: 00A20F10-01000000-00000000-00000001\n"
      "------[ MSR Registers / Logical CPU #0 ]------\nMSR 0000001B: 0000-0000\n",
      "file");
  ASSERT_TRUE(dump) << dump.error().message;
  ASSERT_EQ(dump->cpus.size(), 2U);
  EXPECT_EQ(dump->cpus[1].number, 1U);
  EXPECT_EQ(dump->cpus[1].leaves.at({.leaf = 1, .subleaf = 0}).ebx, 0x01000000U);
  EXPECT_EQ(dump->cpus[0].leaves.at({.leaf = 0xd, .subleaf = 0xa}).eax, 0x40U);
}

TEST(ParseDump, reads_instlatx64_headers_by_cpu_number) {
  const auto dump = parse_dump(
      "CPU#004 AffMask: 0x0000000000000010\n"
      "CPUID 00000000: 00000001-756E6547-6C65746E-49656E69\n"
      "CPUID 00000001: 000306A9-00000000-00000000-00000001\n",
      "file");
  ASSERT_TRUE(dump) << dump.error().message;
  EXPECT_EQ(dump->cpus.at(0).number, 4U);
}

TEST(ParseDump, counts_subleaves_and_cpus_that_a_bare_file_does_not_name) {
  constexpr std::string_view one =
      "CPUID 00000000: 00000004-756E6547-6C65746E-49656E69\n"
      "CPUID 00000001: 000306A9-00000000-00000000-00000001\n"
      "CPUID 00000004: 1C004121-01C0003F-0000003F-00000000\n"
      "CPUID 00000004: 1C004122-01C0003F-0000003F-00000000\n";
  const auto dump = parse_dump(std::string(one) + "\n" + std::string(one), "file");
  ASSERT_TRUE(dump) << dump.error().message;
  ASSERT_EQ(dump->cpus.size(), 2U);
  EXPECT_EQ(dump->cpus[1].number, 1U);
  EXPECT_EQ(dump->cpus[1].leaves, dump->cpus[0].leaves);
  EXPECT_EQ(dump->cpus[0].leaves.at({.leaf = 4, .subleaf = 1}).eax, 0x1C004122U);
}

TEST(ParseDump, accepts_cr_lf_and_a_byte_order_mark) {
  const auto plain = parse_dump(raw, "file");
  const auto windows = parse_dump("\xEF\xBB\xBF" + with_cr_lf(raw), "file");
  ASSERT_TRUE(plain);
  ASSERT_TRUE(windows) << windows.error().message;
  EXPECT_EQ(*windows, *plain);
}

TEST(ParseDump, refuses_what_holds_no_dump) {
  EXPECT_THAT(error_of(""), HasSubstr("file: the file is empty"));
  EXPECT_THAT(error_of("\xEF\xBB\xBF \r\n\n"), HasSubstr("file: the file is empty"));
  EXPECT_THAT(error_of("hello\nworld\n"), HasSubstr("holds no CPUID leaf"));
  EXPECT_THAT(error_of(std::string_view("x\n\x7f"
                                        "ELF\0\1",
                                        8)),
              HasSubstr("file:2: binary data"));
  EXPECT_THAT(error_of(std::string(max_dump_line + 1, 'a')),
              HasSubstr("file:1: the line has 4097"));
}

TEST(ParseDump, refuses_cut_leaves_and_names_the_line) {
  for (std::size_t end = raw.find("   0x00000007") + 6; end < raw.size() - 10; ++end) {
    EXPECT_THAT(error_of(raw.substr(0, end)), HasSubstr("file:4: a CPUID leaf that is cut short"))
        << end;
  }
  EXPECT_THAT(error_of("CPUID 00000000: 0000000D-6874\n"), HasSubstr("file:1: a CPUID leaf"));
  EXPECT_THAT(error_of("CPUID 00000000: 1-2-3-4\n"), HasSubstr("file:1: a CPUID leaf"));
  EXPECT_THAT(error_of("0x0 0x0: eax=0x1ffffffff ebx=0 ecx=0 edx=0\n"), HasSubstr("file:1:"));
}

TEST(ParseDump, refuses_a_cpu_without_leaf_0_or_1) {
  EXPECT_THAT(error_of(raw.substr(0, raw.find("   0x00000001"))),
              HasSubstr("file: CPU 2 has no leaf 1"));
  EXPECT_THAT(error_of("CPU 3:\n0x00000001 0x00: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n"),
              HasSubstr("file: CPU 3 has no leaf 0"));
}

TEST(ParseDump, refuses_a_leaf_given_twice_with_different_values) {
  const std::string twice = std::string(raw) + "0x00000007 0x01: eax=0x0 ebx=0x0 ecx=0x0 edx=0x0\n";
  EXPECT_THAT(error_of(twice), HasSubstr("file:5: leaf 0x7 subleaf 0x1 of CPU 2 is given twice"));
  EXPECT_TRUE(parse_dump(std::string(raw) + std::string(raw), "file"));
}

TEST(ParseDump, refuses_more_cpus_and_leaves_than_a_host_has) {
  std::string many;
  for (std::size_t i = 0; i <= max_dump_cpus; ++i) {
    many += fmt::format("CPU {}:\n0x0 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n", i);
  }
  EXPECT_THAT(error_of(many), HasSubstr("more than 8192 CPUs"));
  std::string deep;
  for (std::size_t i = 0; i <= max_leaves_per_cpu; ++i) {
    deep += "CPUID 00000004: 1C004121-01C0003F-0000003F-00000000\n";
  }
  EXPECT_THAT(error_of(deep), HasSubstr("file:2049: more than 2048 leaves of one CPU"));
}

TEST(FormatDump, writes_the_form_of_cpuid_r) {
  const auto dump = parse_dump(raw, "file");
  ASSERT_TRUE(dump);
  EXPECT_EQ(format_dump(*dump), raw);
}

TEST(FindLeaf, hides_leaves_above_the_stated_maximum) {
  Leaves leaves;
  leaves[{.leaf = 0, .subleaf = 0}].eax = 7;
  leaves[{.leaf = 7, .subleaf = 0}].ebx = 1;
  leaves[{.leaf = 0xd, .subleaf = 0}].ebx = 2;
  leaves[{.leaf = 0x80000008, .subleaf = 0}].ebx = 3;
  EXPECT_NE(find_leaf(leaves, 7), nullptr);
  EXPECT_EQ(find_leaf(leaves, 7, 1), nullptr);
  EXPECT_EQ(find_leaf(leaves, 0xd), nullptr);
  EXPECT_EQ(find_leaf(leaves, 0x80000008), nullptr) << "the range is not stated";
  EXPECT_FALSE(leaf_is_missing(leaves, 0xd)) << "absent by its maximum";
  EXPECT_TRUE(leaf_is_missing(leaves, 4)) << "left out of the dump";
  EXPECT_TRUE(leaf_is_missing(leaves, 0x80000008));
}

}  // namespace
}  // namespace bytepath::host
