#include "symbols/place.h"

#include <gtest/gtest.h>

namespace bytepath::symbols {
namespace {

TEST(PlaceText, NamesTheFileByItsLastComponent) {
  EXPECT_EQ(place_text({.image = "/usr/lib/libc.so.6",
                        .function = "__memmove_avx512_unaligned_erms",
                        .address = 0x16daa0,
                        .function_address = 0x16d800}),
            "libc.so.6: __memmove_avx512_unaligned_erms+0x2a0");
  EXPECT_EQ(place_text({.image = "/a/libfoo.so", .address = 0x1234}), "libfoo.so+0x1234");
  EXPECT_EQ(place_text({.image = "/a/b", .function = "f", .address = 8, .function_address = 8}),
            "b: f");
}

TEST(PlaceText, SaysThatANameWasToldFromTheCode) {
  EXPECT_EQ(place_text({.image = "/lib/libc.so.6",
                        .function = "copy_avx512_erms",
                        .by_code = true,
                        .address = 0x120,
                        .function_address = 0x100}),
            "libc.so.6: copy_avx512_erms+0x20 (by its code)");
}

TEST(PlaceText, KeepsWhatIsNoPath) {
  EXPECT_EQ(place_text({.image = "[anonymous]", .address = 0x7f0000}), "[anonymous]+0x7f0000");
  EXPECT_EQ(place_text({.image = "[anon:JIT/code]", .address = 1}), "[anon:JIT/code]+0x1");
}

TEST(Demangled, TurnsOnlyMangledNamesIntoSource) {
  EXPECT_EQ(demangled("_ZNSt6vectorIiE4sizeEv"), "std::vector<int>::size()");
  EXPECT_EQ(demangled("_Z5parsePKc.cold"), "parse(char const*) [clone .cold]");
  EXPECT_EQ(demangled("main"), "main");
  EXPECT_EQ(demangled("_Znonsense"), "_Znonsense");
  EXPECT_EQ(demangled(""), "");
}

}  // namespace
}  // namespace bytepath::symbols
