// The table itself: its rows, their declarations, what is said of those that cannot run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "kernels/libc_symbols.h"
#include "unit/kernels/memory.h"

namespace bytepath::kernels {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto& kernel : all()) found.push_back(kernel.name);
  return found;
}

TEST(Table, HasEveryKernelOfTheManual) {
  EXPECT_THAT(names(), IsSupersetOf({"rep-movsb",
                                     "rep-movsw",
                                     "rep-movsd",
                                     "rep-movsq",
                                     "rep-movsb-backward",
                                     "rep-stosb",
                                     "sse2",
                                     "avx2",
                                     "avx512",
                                     "non-temporal",
                                     "byte-loop",
                                     "memcpy",
                                     "memmove",
                                     "mempcpy",
                                     "memset",
                                     "pread",
                                     "read",
                                     "readv",
                                     "pwrite",
                                     "write",
                                     "pipe-write",
                                     "pipe-read",
                                     "unix-send",
                                     "unix-recv",
                                     "process-vm-readv",
                                     "process-vm-writev",
                                     "sendfile",
                                     "copy-file-range",
                                     "vmsplice"}));
}

TEST(Table, NamesAreUniqueAndLowerCase) {
  std::set<std::string> seen;
  for (const auto& name : names()) {
    EXPECT_TRUE(seen.insert(name).second) << name << " twice";
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; })) << name;
    EXPECT_EQ(name.find(' '), std::string::npos) << name;
  }
}

TEST(Table, EveryRowSaysWhatItIs) {
  for (const auto& kernel : all()) {
    SCOPED_TRACE(kernel.name);
    EXPECT_FALSE(kernel.summary.empty());
    EXPECT_FALSE(kernel.offset.empty());
    EXPECT_NE(kernel.repeat, nullptr);
    EXPECT_GE(kernel.moves, 1U);
    EXPECT_EQ(kernel.granule & (kernel.granule - 1), 0U);
    const bool runs = kernel.unavailable.empty();
    EXPECT_TRUE(!runs || kernel.max_size > 0);
    EXPECT_TRUE(!runs || kernel.family != Family::libc || kernel.target != nullptr);
    EXPECT_TRUE(kernel.family == Family::syscall || kernel.max_size == SIZE_MAX);
  }
}

TEST(Table, DeclaresGranulesFillsMovesAndDirection) {
  EXPECT_EQ(find("rep-movsb").granule, 1U);
  EXPECT_EQ(find("rep-movsw").granule, 2U);
  EXPECT_EQ(find("rep-movsd").granule, 4U);
  EXPECT_EQ(find("rep-movsq").granule, 8U);
  EXPECT_TRUE(find("rep-movsb-backward").backward);
  EXPECT_TRUE(find("rep-stosb").fills);
  EXPECT_TRUE(find("memset").fills);
  EXPECT_FALSE(find("memcpy").fills);
  EXPECT_EQ(find("pread").moves, 1U);
  EXPECT_EQ(find("vmsplice").moves, 1U);
  for (const char* name : {"pipe-write", "pipe-read", "unix-send", "unix-recv"})
    EXPECT_EQ(find(name).moves, 2U) << name;
  EXPECT_EQ(find("pipe-read").page_start, PageStart::source);
  EXPECT_EQ(find("pipe-write").page_start, PageStart::destination);
  EXPECT_LT(find("vmsplice").max_size, find("pipe-read").max_size);
}

TEST(Table, LibcRowsCallTheLibrarysOwnFunctions) {
  for (const char* name : {"memcpy", "memmove", "mempcpy", "memset"})
    EXPECT_EQ(find(name).target, libc_function(name)) << name;
  EXPECT_EQ(libc_function("no_such_function"), nullptr);
}

TEST(Table, SaysWhichVariantTheLibraryChose) {
  if (libc_variants("memcpy").empty()) GTEST_SKIP() << find("libc-variants").unavailable;
  EXPECT_THAT(find("memcpy").summary, HasSubstr(" here: __mem"));
  bool found = false;
  for (const auto& kernel : all())
    if (kernel.name.starts_with("libc.") && kernel.target == find("memcpy").target) found = true;
  EXPECT_TRUE(found) << "the function that memcpy resolves to is no row of its own";
}

TEST(Table, ListsEachVariantOnceAndTheUnusableWithTheReason) {
  if (libc_variants("memmove").empty()) GTEST_SKIP() << find("libc-variants").unavailable;
  std::set<const void*> targets;
  for (const auto& kernel : all()) {
    if (!kernel.name.starts_with("libc.")) continue;
    EXPECT_TRUE(targets.insert(kernel.target).second) << kernel.name;
    EXPECT_EQ(kernel.name.find("chk"), std::string::npos);
    EXPECT_EQ(kernel.name.find("wmem"), std::string::npos);
    EXPECT_TRUE(kernel.unavailable.empty() ||
                kernel.unavailable.find("unusable on this CPU") != std::string::npos)
        << kernel.unavailable;
  }
  for (const auto& variant : libc_variants("memmove"))
    EXPECT_EQ(find("libc." + variant.name).unavailable.empty(), variant.usable) << variant.name;
}

TEST(VariantNeeds, AreReadFromTheName) {
  EXPECT_EQ(variant_needs("__memmove_sse2_unaligned"), "");
  EXPECT_EQ(variant_needs("__memmove_erms"), "erms");
  EXPECT_EQ(variant_needs("__memmove_avx_unaligned_erms"), "avx erms");
  EXPECT_EQ(variant_needs("__memset_avx2_unaligned_erms_rtm"), "avx2 erms rtm");
  EXPECT_EQ(variant_needs("__memmove_avx512_no_vzeroupper"), "avx512vl");
  EXPECT_EQ(variant_needs("__mempcpy_evex_unaligned"), "avx512vl");
  EXPECT_EQ(variant_needs("__memcpy_ssse3"), "ssse3");
}

}  // namespace
}  // namespace bytepath::kernels
