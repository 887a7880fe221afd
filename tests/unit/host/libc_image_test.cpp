#include "host/libc_image.h"

#include <gtest/gtest.h>

#include "host/libc_file.h"
#include "support/recorded_code.h"

namespace bytepath::host {
namespace {

using tests::RecordedCode;

// The values that this glibc had on an AMD family 19h CPU with 512 KiB of L2, beside its code.
RecordedCode recorded(const std::string& name) {
  RecordedCode code = RecordedCode::load("glibc-2.36-" + name);
  code.put_variable(0x1d33d8, 2112);
  code.put_variable(0x1da548, 524288);
  code.put_variable(0x1da550, 0xc000000);
  code.put_variable(0x1d33d0, 2048);
  return code;
}

LibcCopyPath analyse(const RecordedCode& code, const std::string& function) {
  LibcCopyPath path{.kind = LibcKind::glibc, .running = true};
  const LibcImage image{.bytes = code.source(), .where = "libc+"};
  EXPECT_TRUE(take_copy_functions(image, {{.function = function, .address = code.entry}}, path));
  return path;
}

TEST(LibcImage, GivesThresholdsAndWindowOfMemcpy) {
  const LibcCopyPath path = analyse(recorded("memmove_avx_unaligned_erms"), "memcpy");
  EXPECT_EQ(path.threshold("rep_movsb_threshold"), 2112U);
  EXPECT_EQ(path.threshold("rep_movsb_stop_threshold"), 524288U);
  EXPECT_EQ(path.threshold("non_temporal_threshold"), 0xc000000U);
  EXPECT_FALSE(path.threshold("rep_stosb_threshold"));
  ASSERT_EQ(path.thresholds.size(), 4U);
  EXPECT_FALSE(path.thresholds[3].evidence.empty());
  ASSERT_TRUE(path.rep_movsb_window);
  EXPECT_EQ(path.rep_movsb_window->first, 2113U);
  EXPECT_EQ(path.rep_movsb_window->last, 524287U);
  const CopyFunction* function = path.find_function("memcpy");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->instruction, CopyInstruction::rep_movsb);
  EXPECT_EQ(function->variant, "avx_erms");
  EXPECT_EQ(function->name_evidence, NameEvidence::disassembly);
  EXPECT_EQ(function->vector_bytes, 32U);
  EXPECT_EQ(function->string_offsets, (std::vector<std::uint64_t>{0x152d24, 0x152d8a}));
}

TEST(LibcImage, HasNoWindowWhenTheThresholdIsAboveTheStop) {
  RecordedCode code = recorded("memmove_avx512_unaligned_erms");
  code.put_variable(0x1d33d8, 0x40000000);
  const LibcCopyPath path = analyse(code, "memmove");
  EXPECT_FALSE(path.rep_movsb_window);
  EXPECT_EQ(path.threshold("rep_movsb_threshold"), 0x40000000U);
  code.put_variable(0x1d33d8, ~std::uint64_t{0});
  EXPECT_FALSE(analyse(code, "memmove").rep_movsb_window);
  code.put_variable(0x1d33d8, 524286);
  ASSERT_TRUE(analyse(code, "memmove").rep_movsb_window);
  EXPECT_EQ(analyse(code, "memmove").rep_movsb_window->first, 524287U);
  code.put_variable(0x1d33d8, 524287);
  EXPECT_FALSE(analyse(code, "memmove").rep_movsb_window);
}

TEST(LibcImage, MovesWithTheLoadBias) {
  const RecordedCode code = recorded("memmove_avx_unaligned_erms");
  constexpr std::uint64_t bias = 0x7f0000000000;
  const auto source = code.source();
  LibcCopyPath path{.running = true};
  const LibcImage image{
      .bytes = [&](std::uint64_t address,
                   std::span<std::uint8_t> bytes) { return source(address - bias, bytes); },
      .bias = bias,
      .where = "libc+"};
  ASSERT_TRUE(
      take_copy_functions(image, {{.function = "memcpy", .address = code.entry + bias}}, path));
  EXPECT_EQ(path.threshold("rep_movsb_threshold"), 2112U);
  EXPECT_EQ(path.functions.front().offset, code.entry);
  EXPECT_NE(path.thresholds.front().evidence.find("libc+0x1d33d8"), std::string::npos);
}

TEST(LibcImage, KnowsThatTheErmsVariantAlwaysUsesRepMovsb) {
  const LibcCopyPath path = analyse(recorded("memmove_erms"), "memcpy");
  ASSERT_TRUE(path.rep_movsb_window);
  EXPECT_EQ(path.rep_movsb_window->first, 1U);
  EXPECT_EQ(path.rep_movsb_window->last, ~std::uint64_t{0});
}

TEST(LibcImage, HasNoWindowWithoutRepMovsb) {
  const LibcCopyPath path = analyse(recorded("memmove_avx_unaligned"), "memcpy");
  EXPECT_FALSE(path.rep_movsb_window);
  EXPECT_EQ(path.functions.front().instruction, CopyInstruction::vector);
  EXPECT_EQ(path.threshold("non_temporal_threshold"), 0xc000000U);
}

TEST(LibcImage, GivesTheFillWindowOfMemset) {
  const LibcCopyPath path = analyse(recorded("memset_avx2_unaligned_erms"), "memset");
  EXPECT_FALSE(path.rep_movsb_window);
  ASSERT_TRUE(path.rep_stosb_window);
  EXPECT_EQ(path.rep_stosb_window->first, 2049U);
  EXPECT_EQ(path.threshold("rep_stosb_threshold"), 2048U);
  EXPECT_EQ(path.functions.front().instruction, CopyInstruction::rep_stosb);
}

TEST(LibcImage, SeesRepMovsqInMusl) {
  const RecordedCode code = RecordedCode::load("musl-1.2.3-memcpy");
  const LibcCopyPath path = analyse(code, "memcpy");
  EXPECT_EQ(path.functions.front().instruction, CopyInstruction::rep_movsq);
  EXPECT_FALSE(path.rep_movsb_window);
}

TEST(LibcImage, GivesNoThresholdsForAFileThatDoesNotRun) {
  const RecordedCode code = recorded("memmove_avx_unaligned_erms");
  LibcCopyPath path;
  const LibcImage image{.bytes = code.source(), .running = false};
  ASSERT_TRUE(take_copy_functions(image, {{.function = "memcpy", .address = code.entry}}, path));
  for (const CopyThreshold& threshold : path.thresholds) EXPECT_FALSE(threshold.value);
  EXPECT_FALSE(path.rep_movsb_window);
}

TEST(NameAt, PrefersTheFunctionsOwnName) {
  const VariantNames names = {{.name = "__memmove_chk_avx_unaligned_erms", .address = 0x10},
                              {.name = "__memmove_avx_unaligned_erms", .address = 0x10},
                              {.name = "__memcpy_avx_unaligned_erms", .address = 0x10}};
  EXPECT_EQ(name_at(names, 0x10, "memcpy"), "__memcpy_avx_unaligned_erms");
  EXPECT_EQ(name_at(names, 0x10, "mempcpy"), "__memmove_avx_unaligned_erms");
  EXPECT_FALSE(name_at(names, 0x11, "memcpy"));
}

TEST(LibcKindByName, KnowsTheUsualNames) {
  EXPECT_EQ(libc_kind_by_name("/lib/x86_64-linux-gnu/libc.so.6"), LibcKind::glibc);
  EXPECT_EQ(libc_kind_by_name("/lib/libc-2.31.so"), LibcKind::glibc);
  EXPECT_EQ(libc_kind_by_name("/lib/ld-musl-x86_64.so.1"), LibcKind::musl);
  EXPECT_EQ(libc_kind_by_name("/lib/x86_64-linux-musl/libc.so"), LibcKind::musl);
  EXPECT_FALSE(libc_kind_by_name("/lib/libcrypto.so.3"));
  EXPECT_FALSE(libc_kind_by_name(""));
}

}  // namespace
}  // namespace bytepath::host
