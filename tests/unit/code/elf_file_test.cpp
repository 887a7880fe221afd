#include "code/elf_file.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "base/file.h"

namespace bytepath::code {
namespace {

// This test program: an ELF file that is always there.
ElfFile self() {
  auto file = ElfFile::open("/proc/self/exe");
  EXPECT_TRUE(file) << file.error().message;
  return std::move(*file);
}

extern "C" [[gnu::noinline, gnu::used]] int bytepath_landmark(int value) { return value + 17; }

TEST(ElfFile, KnowsTheRunningProgram) {
  const ElfFile file = self();
  EXPECT_TRUE(file.is_64_bit_x86());
  EXPECT_FALSE(file.is_static());
  EXPECT_TRUE(file.interpreter().starts_with("/")) << file.interpreter();
  EXPECT_NE(std::find(file.needed().begin(), file.needed().end(), "libc.so.6"),
            file.needed().end());
  EXPECT_NE(file.find_section(".text"), nullptr);
  EXPECT_TRUE(file.find_section(".text")->executable);
  EXPECT_EQ(file.find_section(".nonsense"), nullptr);
}

TEST(ElfFile, FindsASymbolByName) {
  const ElfFile file = self();
  const auto landmark = file.find_symbol("bytepath_landmark");
  ASSERT_TRUE(landmark);
  EXPECT_TRUE(landmark->function);
  EXPECT_FALSE(landmark->indirect);
  EXPECT_GT(landmark->size, 1U);
  EXPECT_FALSE(file.find_symbol("no such symbol"));
}

TEST(ElfFile, ReadsTheBytesThatRun) {
  const ElfFile file = self();
  const auto landmark = file.find_symbol("bytepath_landmark");
  ASSERT_TRUE(landmark);
  std::array<std::uint8_t, 8> bytes{};
  ASSERT_TRUE(file.read(landmark->address, bytes));
  EXPECT_EQ(
      std::memcmp(bytes.data(), reinterpret_cast<const void*>(&bytepath_landmark), bytes.size()),
      0);
  EXPECT_FALSE(file.read(~std::uint64_t{0} - 4, bytes));
  EXPECT_FALSE(file.read(0x7fff'ffff'0000, bytes));
}

TEST(ElfFile, GivesTheSameFromBytes) {
  const auto content = read_file("/proc/self/exe", 256U << 20);
  ASSERT_TRUE(content);
  const auto file = ElfFile::from_bytes({content->begin(), content->end()}, "copy");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->build_id(), self().build_id());
  EXPECT_EQ(file->symbols().size(), self().symbols().size());
  EXPECT_EQ(file->interpreter(), self().interpreter());
}

TEST(ElfFile, PrefersTheDefaultVersionOfASymbol) {
  const auto libc = ElfFile::open("/lib/x86_64-linux-gnu/libc.so.6");
  if (!libc) GTEST_SKIP() << "no glibc where Debian keeps it: " << libc.error().message;
  EXPECT_EQ(libc->soname(), "libc.so.6");
  const auto memcpy_symbol = libc->find_symbol("memcpy");
  ASSERT_TRUE(memcpy_symbol);
  // memcpy@GLIBC_2.2.5 is a plain function, memcpy@@GLIBC_2.14 is selected at start.
  EXPECT_TRUE(memcpy_symbol->indirect);
  const auto slots = libc->slot_relocations();
  EXPECT_TRUE(std::any_of(slots.begin(), slots.end(), [&](const SlotRelocation& slot) {
    return slot.resolver == memcpy_symbol->address;
  }));
}

TEST(ElfFile, NamesTheDebugFileByBuildId) {
  const auto libc = ElfFile::open("/lib/x86_64-linux-gnu/libc.so.6");
  if (!libc) GTEST_SKIP() << "no glibc where Debian keeps it: " << libc.error().message;
  ASSERT_EQ(libc->build_id().size(), 40U);
  EXPECT_EQ(libc->debug_file_path("/r"), "/r/usr/lib/debug/.build-id/" +
                                             libc->build_id().substr(0, 2) + "/" +
                                             libc->build_id().substr(2) + ".debug");
}

TEST(ElfFile, RefusesWhatIsNoElfFile) {
  EXPECT_FALSE(ElfFile::open("/proc/self/no-such-file"));
  EXPECT_FALSE(ElfFile::open("/proc/self"));
  EXPECT_FALSE(ElfFile::from_bytes({}, "empty"));
  EXPECT_FALSE(ElfFile::from_bytes({'#', '!', '/', 'b', 'i', 'n'}, "script"));
}

TEST(ElfFile, SaysThatAnotherClassIsNot64BitX86) {
  Elf32_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_386;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  std::vector<std::uint8_t> bytes(sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  const auto file = ElfFile::from_bytes(bytes, "32 bit");
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->is_64_bit_x86());
  EXPECT_TRUE(file->symbols().empty());
}

}  // namespace
}  // namespace bytepath::code
