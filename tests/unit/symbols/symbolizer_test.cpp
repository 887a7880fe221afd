#include "symbols/symbolizer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <ctime>

#include "base/file.h"
#include "unit/host/temporary_root.h"

namespace bytepath::symbols {
namespace {

extern "C" [[gnu::noinline, gnu::used]] int bytepath_symbols_landmark(int value) {
  return value * 3 + 17;
}

// The mapping of this process that an address lies in.
trace::Mapping mapping_of(std::uint64_t address) {
  const auto text = read_file("/proc/self/maps");
  EXPECT_TRUE(text);
  for (trace::Mapping& mapping : trace::parse_maps(*text))
    if (mapping.start <= address && address < mapping.end) return mapping;
  ADD_FAILURE() << "nothing is mapped at " << address;
  return {};
}

std::uint32_t own_number() { return static_cast<std::uint32_t>(::getpid()); }

std::uint64_t landmark() { return reinterpret_cast<std::uintptr_t>(&bytepath_symbols_landmark); }

TEST(Symbolizer, NamesAFunctionOfItsOwn) {
  Symbolizer symbolizer;
  const trace::Mapping mapping = mapping_of(landmark());
  const Place place = symbolizer.user(own_number(), mapping, landmark() + 1);
  EXPECT_EQ(place.function, "bytepath_symbols_landmark");
  EXPECT_EQ(place.address, place.function_address + 1);
  EXPECT_EQ(place.image, mapping.path);
  EXPECT_FALSE(place.by_code);
  EXPECT_TRUE(symbolizer.missing().empty());
}

TEST(Symbolizer, ReadsTheCodeThatRuns) {
  Symbolizer symbolizer;
  std::array<std::uint8_t, 8> bytes{};
  ASSERT_TRUE(symbolizer.user_code(own_number(), mapping_of(landmark()), landmark(), bytes));
  EXPECT_EQ(std::memcmp(bytes.data(), reinterpret_cast<const void*>(landmark()), bytes.size()), 0);
}

TEST(Symbolizer, NamesTheCodeThatTheKernelLends) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto text = read_file("/proc/self/maps");
  ASSERT_TRUE(text);
  Symbolizer symbolizer;
  for (const trace::Mapping& mapping : trace::parse_maps(*text)) {
    if (mapping.path != "[vdso]") continue;
    bool named = false;
    for (std::uint64_t at = mapping.start; at < mapping.end && !named; at += 16)
      named = symbolizer.user(own_number(), mapping, at).function.contains("clock_gettime");
    EXPECT_TRUE(named);
    return;
  }
  GTEST_SKIP() << "this process has no vDSO";
}

TEST(Symbolizer, SaysWhyAFileHasNoNames) {
  Symbolizer symbolizer;
  const trace::Mapping mapping{.start = 0x10000,
                               .end = 0x20000,
                               .file_offset = 0x1000,
                               .file = {.device = 1, .inode = 2},
                               .path = "/no/such/file"};
  const Place place = symbolizer.user(own_number(), mapping, 0x10010);
  EXPECT_EQ(place.image, "/no/such/file");
  EXPECT_EQ(place.function, "");
  EXPECT_EQ(place.address, 0x1010U);
  symbolizer.user(own_number(), mapping, 0x10020);
  ASSERT_EQ(symbolizer.missing().size(), 1U);
  EXPECT_EQ(symbolizer.missing()[0].what, "functions of /no/such/file");
  EXPECT_FALSE(symbolizer.missing()[0].reason.empty());
}

TEST(Symbolizer, TakesNoOtherFileForTheOneThatWasMapped) {
  trace::Mapping mapping = mapping_of(landmark());
  mapping.file.inode += 1;
  Symbolizer symbolizer;
  EXPECT_EQ(symbolizer.user(1U << 30, mapping, landmark()).function, "");
  ASSERT_EQ(symbolizer.missing().size(), 1U);
  EXPECT_NE(symbolizer.missing()[0].reason.find("replaced"), std::string::npos);
  mapping.deleted = true;
  mapping.path += ".old";
  EXPECT_EQ(symbolizer.user(1U << 30, mapping, landmark()).function, "");
  EXPECT_NE(symbolizer.missing().back().reason.find("deleted"), std::string::npos);
}

TEST(Symbolizer, TriesAFileAgainForAnotherProcess) {
  host::TemporaryRoot root;
  root.write("/proc/71/root/app", "no ELF image");
  struct stat status{};
  ASSERT_EQ(::stat(root.root().at("/proc/71/root/app").c_str(), &status), 0);
  const trace::Mapping mapping{.start = 0x10000,
                               .end = 0x20000,
                               .file = {.device = status.st_dev, .inode = status.st_ino},
                               .path = "/app"};
  Symbolizer symbolizer(root.root());
  EXPECT_EQ(symbolizer.user(70, mapping, 0x10010).image, "/app");
  ASSERT_EQ(symbolizer.missing().size(), 1U);
  EXPECT_FALSE(symbolizer.missing()[0].remedy.empty());
  EXPECT_EQ(symbolizer.user(71, mapping, 0x10010).image, "/app");
  EXPECT_TRUE(symbolizer.missing().empty());
}

TEST(Symbolizer, KeepsTheNameOfAProcessThatHasEnded) {
  Symbolizer symbolizer;
  const Place place = symbolizer.user(1U << 30, mapping_of(landmark()), landmark());
  EXPECT_EQ(place.function, "bytepath_symbols_landmark");
}

TEST(Symbolizer, LeavesMemoryWithoutAFileNameless) {
  Symbolizer symbolizer;
  const Place place = symbolizer.user(own_number(), {.start = 0x10000, .end = 0x20000}, 0x10010);
  EXPECT_EQ(place.image, "[anonymous]");
  EXPECT_EQ(place.function, "");
  EXPECT_EQ(place.address, 0x10010U);
}

TEST(Symbolizer, TakesKernelNamesFromTheRootThatIsGiven) {
  host::TemporaryRoot root;
  root.write("/proc/kallsyms", "ffffffff81000000 T start\nffffffff81000100 T _copy_to_iter\n");
  Symbolizer symbolizer(root.root());
  EXPECT_EQ(place_text(symbolizer.kernel(0xffffffff81000180)), "[kernel]: _copy_to_iter+0x80");
}

TEST(Symbolizer, SaysWhyTheKernelHasNoNames) {
  host::TemporaryRoot root;
  root.write("/proc/kallsyms", "0000000000000000 T start\n");
  Symbolizer symbolizer(root.root());
  const Place place = symbolizer.kernel(0xffffffff81000180);
  EXPECT_EQ(place_text(place), "[kernel]+0xffffffff81000180");
  ASSERT_EQ(symbolizer.missing().size(), 1U);
  EXPECT_EQ(symbolizer.missing()[0].what, "functions of the kernel");
  EXPECT_FALSE(symbolizer.missing()[0].remedy.empty());
}

}  // namespace
}  // namespace bytepath::symbols
