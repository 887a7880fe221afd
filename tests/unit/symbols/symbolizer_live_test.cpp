#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/file.h"
#include "support/child_process.h"
#include "symbols/kernel_symbols.h"
#include "symbols/symbolizer.h"
#include "unit/symbols/compiled.h"

// Living processes: what /proc says of them is part of what is tested.
namespace bytepath::symbols {
namespace {

struct Located {
  trace::Mapping mapping;
  std::uint64_t address = 0;  // in the process
};

// Where a function of the program, which was linked to that address, is in a process that runs it.
std::optional<Located> locate(pid_t process, const std::string& name, const code::ElfFile& file,
                              std::uint64_t linked) {
  const auto text = read_file(fmt::format("/proc/{}/maps", process));
  if (!text) return std::nullopt;
  for (const code::Segment& segment : file.segments()) {
    if (!segment.executable || linked < segment.address ||
        linked - segment.address >= segment.file_bytes)
      continue;
    const std::uint64_t offset = linked - segment.address + segment.file_offset;
    for (trace::Mapping& mapping : trace::parse_maps(*text))
      if (mapping.path.ends_with(name) && offset >= mapping.file_offset &&
          offset - mapping.file_offset < mapping.end - mapping.start)
        return Located{.mapping = mapping, .address = mapping.start + offset - mapping.file_offset};
  }
  return std::nullopt;
}

std::uint32_t number(pid_t process) { return static_cast<std::uint32_t>(process); }

class LiveSymbolizer : public Compiled {};

TEST_F(LiveSymbolizer, NamesAStrippedProgramByItsSeparateFile) {
  const std::string path = compile("-g -O1");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const code::Symbol hidden = symbol_of(path, "hidden");
  if (!run_shell("mkdir " + folder_.at(".debug")) ||
      !separate(path, folder_.at(".debug/copier.debug")) ||
      !run_shell("objcopy --add-gnu-debuglink=" + folder_.at(".debug/copier.debug") + " " + path))
    GTEST_SKIP() << "no objcopy and strip here";
  const tests::ChildProcess child({path}, {});
  ASSERT_TRUE(child.ready());
  const auto file = code::ElfFile::open(path);
  ASSERT_TRUE(file);
  const auto at = locate(child.pid(), "/copier", *file, hidden.address);
  ASSERT_TRUE(at);
  Symbolizer symbolizer;
  const Place place = symbolizer.user(number(child.pid()), at->mapping, at->address);
  EXPECT_EQ(place.function, "hidden");
  EXPECT_EQ(place.source, line("copier.c:2"));
  EXPECT_EQ(place.image, path);
  EXPECT_TRUE(symbolizer.missing().empty());
  std::array<std::uint8_t, 4> code{};
  std::array<std::uint8_t, 4> expected{};
  ASSERT_TRUE(file->read(hidden.address, expected));
  ASSERT_TRUE(symbolizer.user_code(number(child.pid()), at->mapping, at->address, code));
  EXPECT_EQ(code, expected);
}

TEST_F(LiveSymbolizer, SaysThatAProgramIsStripped) {
  const std::string path = compile("-O1 -s");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const tests::ChildProcess child({path}, {});
  ASSERT_TRUE(child.ready());
  const auto file = code::ElfFile::open(path);
  ASSERT_TRUE(file);
  const code::Section* text = file->find_section(".text");
  ASSERT_NE(text, nullptr);
  const auto at = locate(child.pid(), "/copier", *file, text->address);
  ASSERT_TRUE(at);
  Symbolizer symbolizer;
  const Place place = symbolizer.user(number(child.pid()), at->mapping, at->address);
  EXPECT_EQ(place.function, "");
  ASSERT_EQ(symbolizer.missing().size(), 1U);
  EXPECT_NE(symbolizer.missing()[0].reason.find("stripped"), std::string::npos);
}

TEST_F(LiveSymbolizer, OpensAFileWhoseNameIsGone) {
  const std::string path = compile("-O1");
  if (path.empty()) GTEST_SKIP() << "no C compiler here";
  const auto file = code::ElfFile::open(path);
  ASSERT_TRUE(file);
  const code::Symbol hidden = symbol_of(path, "hidden");
  const tests::ChildProcess child({path}, {});
  ASSERT_TRUE(child.ready());
  ASSERT_EQ(::unlink(path.c_str()), 0);
  const auto at = locate(child.pid(), "/copier", *file, hidden.address);
  ASSERT_TRUE(at);
  EXPECT_TRUE(at->mapping.deleted);
  Symbolizer symbolizer;
  const Place place = symbolizer.user(number(child.pid()), at->mapping, at->address);
  if (place.function.empty()) {
    ASSERT_EQ(symbolizer.missing().size(), 1U);
    EXPECT_NE(symbolizer.missing()[0].reason.find("deleted"), std::string::npos);
    GTEST_SKIP() << "this user may not open /proc/PID/map_files (CAP_CHECKPOINT_RESTORE)";
  }
  EXPECT_EQ(place.function, "hidden");
}

TEST_F(LiveSymbolizer, LooksIntoTheRootOfTheProcess) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a process another root";
  const std::string path = compile("-static -O1");
  if (path.empty()) GTEST_SKIP() << "cc -static cannot link here: no static glibc";
  const auto file = code::ElfFile::open(path);
  ASSERT_TRUE(file);
  const code::Symbol hidden = symbol_of(path, "hidden");
  const tests::ChildProcess child({"/usr/sbin/chroot", folder_.path(), "/copier"}, {});
  if (!child.ready()) GTEST_SKIP() << "no chroot here";
  auto at = locate(child.pid(), "/copier", *file, hidden.address);
  ASSERT_TRUE(at);
  at->mapping.path = "/copier";
  at->mapping.start += 1;  // no longer what is in /proc/PID/map_files
  at->mapping.file_offset += 1;
  Symbolizer symbolizer;
  EXPECT_EQ(symbolizer.user(number(child.pid()), at->mapping, at->address).function, "hidden");
}

TEST(LiveJit, NamesWhatThisProcessWroteInItsMap) {
  const std::string path = fmt::format("/tmp/perf-{}.map", ::getpid());
  void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  const auto start = reinterpret_cast<std::uintptr_t>(memory);
  std::memcpy(memory, "\xf3\xa4\xc3", 3);
  ASSERT_TRUE(write_file(path, fmt::format("{:x} 100 made at run time\n", start)));
  Symbolizer symbolizer;
  const auto process = number(::getpid());
  const trace::Mapping mapping{.start = start, .end = start + 4096};
  const Place place = symbolizer.user(process, mapping, start + 0x10);
  std::array<std::uint8_t, 3> code{};
  const bool read = symbolizer.user_code(process, mapping, start, code);
  ::unlink(path.c_str());
  ::munmap(memory, 4096);
  EXPECT_EQ(place_text(place), "[anonymous]: made at run time+0x10");
  EXPECT_TRUE(read);
  EXPECT_EQ(code, (std::array<std::uint8_t, 3>{0xf3, 0xa4, 0xc3}));
}

TEST(LiveKernel, NamesItsFunctionsAndShowsTheirCode) {
  const auto symbols = KernelSymbols::read();
  if (!symbols) GTEST_SKIP() << symbols.error().message;
  const auto address = symbols->address_of("_copy_to_iter");
  if (!address) GTEST_SKIP() << "this kernel has no _copy_to_iter";
  Symbolizer symbolizer;
  EXPECT_EQ(place_text(symbolizer.kernel(*address + 4)), "[kernel]: _copy_to_iter+0x4");
  std::array<std::uint8_t, 5000> code{};  // more than the reader gives at once
  if (!symbolizer.kernel_code(*address, code)) {
    ASSERT_EQ(symbolizer.missing().size(), 1U);
    GTEST_SKIP() << symbolizer.missing()[0].reason;
  }
  EXPECT_NE(code[0], 0);
  EXPECT_FALSE(symbolizer.kernel_code(0x1000, code));
}

}  // namespace
}  // namespace bytepath::symbols
