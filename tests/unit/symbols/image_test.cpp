#include "symbols/image.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "symbols/debug_file.h"
#include "symbols/frame_ranges.h"
#include "unit/symbols/compiled.h"

namespace bytepath::symbols {
namespace {

Descriptor open_descriptor(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

// With the trees of this host.
Result<Image> open_image(const std::string& path) {
  return Image::open(
      open_descriptor(path), path,
      {.of_process = std::nullopt, .of_host = std::move(*host::RootFolder::open("/"))});
}

using ImageOf = Compiled;

TEST_F(ImageOf, NamesLocalFunctionsAndTheirLines) {
  const std::string path = compile("-g -O1");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  auto image = open_image(path);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_FALSE(image->is_stripped());
  const code::Symbol hidden = symbol_of(path, "hidden");
  const Place place = image->find(hidden.address);
  EXPECT_EQ(place.image, path);
  EXPECT_EQ(place.function, "hidden");
  EXPECT_EQ(place.function_address, hidden.address);
  EXPECT_EQ(place.source, line("copier.c:2"));
  EXPECT_NE(image->find(hidden.address + hidden.size).function_address, hidden.address);
}

TEST_F(ImageOf, FindsTheSeparateFileByItsLinkInTheSameFolder) {
  const std::string path = compile("-g -O1 -Wl,--build-id=none");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const code::Symbol hidden = symbol_of(path, "hidden");
  const std::string debug = folder_.at("copier.debug");
  if (!separate(path, debug) || !run_shell("objcopy --add-gnu-debuglink=" + debug + " " + path))
    GTEST_SKIP() << "no objcopy and strip here";
  auto image = open_image(path);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_FALSE(image->is_stripped());
  const Place place = image->find(hidden.address);
  EXPECT_EQ(place.function, "hidden");
  EXPECT_EQ(place.source, line("copier.c:2"));
  // Another file by that name does not count.
  ASSERT_TRUE(run_shell("printf x >> " + debug));
  auto changed = open_image(path);
  ASSERT_TRUE(changed);
  EXPECT_TRUE(changed->is_stripped());
  EXPECT_EQ(changed->find(hidden.address).function, "");
}

TEST_F(ImageOf, FindsTheSeparateFileByItsBuildIdInTheRootOfTheProcess) {
  const std::string path =
      compile("-g -O1 -Wl,--build-id=0x0123456789abcdef0123456789abcdef01234567");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const code::Symbol hidden = symbol_of(path, "hidden");
  const std::string folder = folder_.at("usr/lib/debug/.build-id/01");
  if (!run_shell("mkdir -p " + folder) ||
      !separate(path, folder + "/23456789abcdef0123456789abcdef01234567.debug"))
    GTEST_SKIP() << "no objcopy and strip here";
  auto stripped = open_image(path);
  ASSERT_TRUE(stripped);
  EXPECT_TRUE(stripped->is_stripped());
  EXPECT_EQ(stripped->find(hidden.address).function, "");
  auto image = Image::open(open_descriptor(path), "/copier",
                           {.of_process = std::move(*host::RootFolder::open(folder_.path()))});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->find(hidden.address).function, "hidden");
}

TEST_F(ImageOf, OfAStrippedFileOnlyTheBoundsAreKnown) {
  const std::string path = compile("-O1");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const code::Symbol hidden = symbol_of(path, "hidden");
  if (!run_shell("strip " + path)) GTEST_SKIP() << "no strip here";
  auto image = open_image(path);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_TRUE(image->is_stripped());
  const Place place = image->find(hidden.address + 1);
  EXPECT_EQ(place.function, "");
  EXPECT_EQ(place.function_address, hidden.address);
  EXPECT_EQ(place.source, "");
  EXPECT_EQ(place_text(place), fmt::format("copier+{:#x}", hidden.address + 1));
}

TEST_F(ImageOf, TellsWhereAMappingOfTheFileWasLinked) {
  for (const std::string kind :
       {"-pie", "-no-pie", "-Wl,-z,noseparate-code", "-Wl,-Ttext=0x7000000"}) {
    const std::string path = compile("-O1 " + kind);
    if (path.empty()) GTEST_SKIP() << "no C compiler here, or it knows no " << kind;
    const auto file = code::ElfFile::open(path);
    ASSERT_TRUE(file);
    auto image = open_image(path);
    ASSERT_TRUE(image);
    const code::Symbol copier = symbol_of(path, "copier");
    const auto segment = std::ranges::find_if(file->segments(), [&](const code::Segment& one) {
      return copier.address >= one.address && copier.address - one.address < one.file_bytes;
    });
    ASSERT_NE(segment, file->segments().end());
    EXPECT_EQ(image->linked_address(copier.address - segment->address + segment->file_offset),
              copier.address)
        << kind;
    EXPECT_EQ(image->linked_address(std::uint64_t{1} << 40), std::nullopt);
  }
}

TEST_F(ImageOf, NamesTheEntriesByWhichItCallsOthers) {
  for (const std::string options :
       {"-O1 -fcf-protection=none", "-O1 -Wl,-z,ibtplt", "-O1 -Wl,-z,now"}) {
    const std::string path = compile(options);
    if (path.empty()) GTEST_SKIP() << "no C compiler here, or it knows no " << options;
    const auto file = code::ElfFile::open(path);
    ASSERT_TRUE(file);
    auto image = open_image(path);
    ASSERT_TRUE(image);
    std::size_t calls_of_write = 0;
    for (const code::Section& section : file->sections()) {
      if (!section.name.starts_with(".plt")) continue;
      for (std::uint64_t at = section.address; at < section.address + section.bytes; at += 8) {
        const Place place = image->find(at + 1);
        EXPECT_NE(place.function, "") << options;
        EXPECT_LE(place.function_address, at) << options;
        if (place.function == "write@plt" && place.function_address == at) ++calls_of_write;
      }
    }
    EXPECT_GE(calls_of_write, 1U) << options;
  }
}

TEST_F(ImageOf, ReadsItsCode) {
  const std::string path = compile("-O1");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const auto image = open_image(path);
  ASSERT_TRUE(image);
  std::array<std::uint8_t, 8> bytes{};
  EXPECT_TRUE(image->read(symbol_of(path, "copier").address, bytes));
  EXPECT_NE(bytes, (std::array<std::uint8_t, 8>{}));
  EXPECT_FALSE(image->read(std::uint64_t{1} << 40, bytes));
}

TEST_F(ImageOf, TheUnwindTablesBoundTheFunctionsAsTheSymbolsDo) {
  const std::string path = compile("-O1");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const auto file = code::ElfFile::open(path);
  ASSERT_TRUE(file);
  const auto frames = frame_ranges(*file);
  for (const std::string name : {"hidden", "copier", "main"}) {
    const code::Symbol symbol = symbol_of(path, name);
    const AddressRange* range = range_at(frames, symbol.address);
    ASSERT_NE(range, nullptr) << name;
    EXPECT_EQ(range->start, symbol.address) << name;
    EXPECT_EQ(range->end, symbol.address + symbol.size) << name;
  }
}

TEST(ImageOfNothing, IsAnError) {
  const auto image = open_image("/dev/null");
  ASSERT_FALSE(image);
  EXPECT_FALSE(Image::from_bytes({1, 2, 3}, "bytes"));
}

TEST(DebugLink, IsANameAndTheSumBehindIt) {
  const std::array<std::uint8_t, 12> bytes = {'a', '.', 'd',  'b',  'g',  0,
                                              0,   0,   0x78, 0x56, 0x34, 0x12};
  const auto link = parse_debug_link(bytes);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->name, "a.dbg");
  EXPECT_EQ(link->crc, 0x12345678U);
  EXPECT_FALSE(parse_debug_link(std::span(bytes).first(11)));
  EXPECT_FALSE(parse_debug_link(std::span(bytes).first(4)));
  EXPECT_FALSE(parse_debug_link({}));
}

TEST(DebugLink, LeadsToNoOtherFolder) {
  const std::string text("../x\0\0\0\0\1\2\3\4", 12);
  EXPECT_FALSE(parse_debug_link({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

}  // namespace
}  // namespace bytepath::symbols
