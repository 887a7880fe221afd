#include <sys/uio.h>
#include <unistd.h>

#include <array>

#include "kernels/backing_file.h"

namespace bytepath::kernels {
namespace {

int pread_once(const Files& files, std::byte* to, const std::byte* from, std::size_t size) {
  const off_t offset = files.bounds.source_offset(from);
  return complete(size, [&](std::size_t done) {
    return ::pread(files.source.get(), to + done, size - done, offset + static_cast<off_t>(done));
  });
}

int read_once(const Files& files, std::byte* to, const std::byte* from, std::size_t size) {
  if (::lseek(files.source.get(), files.bounds.source_offset(from), SEEK_SET) < 0) return errno;
  return complete(
      size, [&](std::size_t done) { return ::read(files.source.get(), to + done, size - done); });
}

// Into two halves of the buffer, so that it is more than a read by another name.
int readv_once(const Files& files, std::byte* to, const std::byte* from, std::size_t size) {
  if (::lseek(files.source.get(), files.bounds.source_offset(from), SEEK_SET) < 0) return errno;
  return complete(size, [&](std::size_t done) {
    const std::size_t left = size - done;
    const std::array<iovec, 2> parts = {
        {{.iov_base = to + done, .iov_len = left / 2},
         {.iov_base = to + done + left / 2, .iov_len = left - left / 2}}};
    return ::readv(files.source.get(), parts.data(), parts.size());
  });
}

template <auto once>
Kernel row(const char* name, const char* summary) {
  return {.name = name,
          .family = Family::syscall,
          .summary = summary,
          .offset = "user buffer - file offset",
          .open = [](const Kernel& kernel, const Arena& arena) -> Result<State> {
            BYTEPATH_TRY(files, make_files(arena, Ends::source));
            return hand_over(kernel, arena, own(std::move(files)), kernel.name.c_str());
          },
          .repeat = repeat_inside<Files, once>,
          .write_in = write_in_file};
}

}  // namespace

std::vector<Kernel> file_read() {
  return {row<pread_once>("pread", "pread of a cached file"),
          row<read_once>("read", "lseek and read of a cached file"),
          row<readv_once>("readv", "lseek and readv of a cached file into two buffers")};
}

}  // namespace bytepath::kernels
