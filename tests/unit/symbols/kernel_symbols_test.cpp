#include "symbols/kernel_symbols.h"

#include <gtest/gtest.h>

#include "unit/host/temporary_root.h"

namespace bytepath::symbols {
namespace {

constexpr std::string_view usual =
    "ffffffff81000000 T _stext\n"
    "ffffffff81000100 T _copy_to_iter\n"
    "ffffffff81000100 T copy_alias\n"
    "ffffffff81000180 W weak_function\n"
    "ffffffff81000200 D some_data\n"
    "ffffffff81000300 t last_of_kernel\n"
    "0000000000001000 A per_cpu_offset\n"
    "ffffffffc0202000 t second\t[kvm]\n"
    "ffffffffc0201000 t first\t[kvm]\n"
    "ffffffffc0301000 t bpf_prog_1\t[bpf]\n"
    "ffffffffc0203000 t third\t[kvm]\n";

KernelSymbols parsed(std::string_view text) {
  auto symbols = KernelSymbols::parse(std::string(text));
  EXPECT_TRUE(symbols) << symbols.error().message;
  return symbols ? std::move(*symbols) : KernelSymbols();
}

TEST(KernelSymbols, FindsTheFunctionAroundAnAddress) {
  const KernelSymbols symbols = parsed(usual);
  const Place place = symbols.find(0xffffffff81000140);
  EXPECT_EQ(place.image, "[kernel]");
  EXPECT_EQ(place.function, "_copy_to_iter");
  EXPECT_EQ(place.function_address, 0xffffffff81000100);
  EXPECT_EQ(place.address, 0xffffffff81000140);
  EXPECT_FALSE(place.by_code);
  EXPECT_EQ(place_text(place), "[kernel]: _copy_to_iter+0x40");
  EXPECT_EQ(symbols.find(0xffffffff81000180).function, "weak_function");
}

TEST(KernelSymbols, EveryNameLeadsToItsAddressAliasesToo) {
  const KernelSymbols symbols = parsed(usual);
  EXPECT_EQ(symbols.address_of("_copy_to_iter"), 0xffffffff81000100);
  EXPECT_EQ(symbols.address_of("copy_alias"), 0xffffffff81000100);
  EXPECT_EQ(symbols.address_of("some_data"), std::nullopt);
  EXPECT_EQ(symbols.address_of("copy"), std::nullopt);
}

TEST(KernelSymbols, DataAndGapsBelongToNoFunction) {
  const KernelSymbols symbols = parsed(usual);
  EXPECT_EQ(symbols.find(0xffffffff81000220).function, "");
  EXPECT_EQ(symbols.find(0xffffffff90000000).function, "");
  EXPECT_EQ(symbols.find(0x1000).function, "");
  EXPECT_EQ(symbols.find(0x1000).image, "[kernel]");
  EXPECT_EQ(symbols.find(~std::uint64_t{0}).function, "");
}

TEST(KernelSymbols, NamesTheModuleWhateverTheOrderOfItsLines) {
  const KernelSymbols symbols = parsed(usual);
  EXPECT_EQ(place_text(symbols.find(0xffffffffc0201010)), "[kvm]: first+0x10");
  EXPECT_EQ(place_text(symbols.find(0xffffffffc0202000)), "[kvm]: second");
  EXPECT_EQ(place_text(symbols.find(0xffffffffc0203001)), "[kvm]: third+0x1");
  EXPECT_EQ(place_text(symbols.find(0xffffffffc0301001)), "[bpf]: bpf_prog_1+0x1");
}

TEST(KernelSymbols, ReadsTheFileOfTheRootThatIsGiven) {
  host::TemporaryRoot root;
  root.write("/proc/kallsyms", usual);
  const auto symbols = KernelSymbols::read(root.root());
  ASSERT_TRUE(symbols) << symbols.error().message;
  EXPECT_EQ(symbols->find(0xffffffff81000100).function, "_copy_to_iter");
}

TEST(KernelSymbols, SaysHowToSeeHiddenAddresses) {
  const auto symbols = KernelSymbols::parse(
      "0000000000000000 T _stext\n0000000000000000 t do_one\n0000000000000000 t run\t[kvm]\n");
  ASSERT_FALSE(symbols);
  EXPECT_EQ(symbols.error().kind, ErrorKind::denied);
  EXPECT_NE(symbols.error().hint.find("CAP_SYSLOG"), std::string::npos);
}

TEST(KernelSymbols, SaysThatThereAreNone) {
  EXPECT_EQ(KernelSymbols::parse("").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(KernelSymbols::parse("garbage\n\n1 t\nffff T \n").error().kind, ErrorKind::unsupported);
  const host::TemporaryRoot empty;
  EXPECT_EQ(KernelSymbols::read(empty.root()).error().kind, ErrorKind::unsupported);
}

TEST(KernelSymbols, LeavesOutLinesWithoutTheForm) {
  const KernelSymbols symbols = parsed(
      "ffffffff81000000 T good\nffffffff8100xx00 T bad\nfffffffffffffffff1 T long\n"
      "ffffffff81000010 TT two\nffffffff81000020 T\nffffffff81000030 T last");
  EXPECT_EQ(symbols.size(), 2U);
  EXPECT_EQ(symbols.find(0xffffffff81000025).function, "good");
  EXPECT_EQ(symbols.find(0xffffffff81000035).function, "last");
}

}  // namespace
}  // namespace bytepath::symbols
