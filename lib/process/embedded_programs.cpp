#include "process/embedded_programs.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "base/file.h"

// The paths are given by bytepath_embed() in scripts/cmake/Bytepath.cmake.
// NOLINTBEGIN(bugprone-reserved-identifier): the assembler's names
__asm__(
    ".section .rodata\n"
    ".global bytepath_spawn_helper_begin\n.global bytepath_spawn_helper_end\n"
    "bytepath_spawn_helper_begin:\n.incbin \"" BYTEPATH_SPAWN_HELPER
    "\"\n"
    "bytepath_spawn_helper_end:\n"
    ".global bytepath_empty_program_begin\n.global bytepath_empty_program_end\n"
    "bytepath_empty_program_begin:\n.incbin \"" BYTEPATH_EMPTY_PROGRAM
    "\"\n"
    "bytepath_empty_program_end:\n"
    ".global bytepath_page_toucher_begin\n.global bytepath_page_toucher_end\n"
    "bytepath_page_toucher_begin:\n.incbin \"" BYTEPATH_PAGE_TOUCHER
    "\"\n"
    "bytepath_page_toucher_end:\n"
    ".previous\n");
// NOLINTEND(bugprone-reserved-identifier)
extern "C" {
extern const char bytepath_spawn_helper_begin[];
extern const char bytepath_spawn_helper_end[];
extern const char bytepath_empty_program_begin[];
extern const char bytepath_empty_program_end[];
extern const char bytepath_page_toucher_begin[];
extern const char bytepath_page_toucher_end[];
}

namespace bytepath::process {
namespace {

constexpr unsigned allow_execution = 0x10;  // MFD_EXEC, linux/memfd.h since 6.3

Descriptor memory_file(const char* name) {
  int fd = memfd_create(name, MFD_CLOEXEC | allow_execution);
  if (fd < 0) fd = memfd_create(name, MFD_CLOEXEC);  // a kernel that does not know the flag
  return Descriptor(fd);
}

// A file that is open for writing cannot be run, so it is opened once more for reading.
Descriptor read_only(const Descriptor& file) {
  const std::string path = fmt::format("/proc/self/fd/{}", file.get());
  return Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

Result<Descriptor> nameless_file(std::span<const char> image) {
  const char* folder = std::getenv("TMPDIR");
  const std::string where = folder == nullptr ? "/tmp" : folder;
  constexpr mode_t owner_runs = 0700;
  Descriptor written(open(where.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, owner_runs));
  if (!written) return fail_errno(errno, "cannot make a file in {}", where);
  if (auto done = write_all(written.get(), {image.data(), image.size()}, where); !done) {
    return std::unexpected(done.error());
  }
  Descriptor file = read_only(written);
  if (!file) return fail_errno(errno, "cannot open a file in {} again", where);
  return file;
}

bool may_run(const Descriptor& memory) {
  // With vm.memfd_noexec = 1 the file comes without the right to be run.
  struct stat status{};
  return fstat(memory.get(), &status) == 0 && (status.st_mode & S_IXUSR) != 0;
}

}  // namespace

std::span<const char> spawn_helper_image() {
  return {bytepath_spawn_helper_begin, bytepath_spawn_helper_end};
}

std::span<const char> empty_program_image() {
  return {bytepath_empty_program_begin, bytepath_empty_program_end};
}

std::span<const char> page_toucher_image() {
  return {bytepath_page_toucher_begin, bytepath_page_toucher_end};
}

Result<Descriptor> executable(std::span<const char> image, const char* name) {
  Descriptor memory = memory_file(name);
  if (!memory || !may_run(memory)) return nameless_file(image);
  if (auto done = write_all(memory.get(), {image.data(), image.size()}, name); !done) {
    return std::unexpected(done.error());
  }
  return memory;
}

}  // namespace bytepath::process
