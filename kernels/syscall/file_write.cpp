#include <unistd.h>

#include "kernels/backing_file.h"

namespace bytepath::kernels {
namespace {

int pwrite_once(const Files& files, std::byte* to, const std::byte* from, std::size_t size) {
  const off_t offset = files.bounds.destination_offset(to);
  return complete(size, [&](std::size_t done) {
    return ::pwrite(files.destination.get(), from + done, size - done,
                    offset + static_cast<off_t>(done));
  });
}

int write_once(const Files& files, std::byte* to, const std::byte* from, std::size_t size) {
  const off_t offset = files.bounds.destination_offset(to);
  if (::lseek(files.destination.get(), offset, SEEK_SET) < 0) return errno;
  return complete(size, [&](std::size_t done) {
    return ::write(files.destination.get(), from + done, size - done);
  });
}

template <auto once>
Kernel row(const char* name, const char* summary) {
  return {.name = name,
          .family = Family::syscall,
          .summary = summary,
          .offset = "file offset - user buffer",
          .open = [](const Kernel& kernel, const Arena& arena) -> Result<State> {
            BYTEPATH_TRY(files, make_files(arena, Ends::destination));
            return hand_over(kernel, arena, own(std::move(files)), kernel.name.c_str());
          },
          .repeat = repeat_inside<Files, once>,
          .write_in = write_in_file,
          .read_back = read_back_file};
}

}  // namespace

std::vector<Kernel> file_write() {
  return {row<pwrite_once>("pwrite", "pwrite over the cached pages of a file"),
          row<write_once>("write", "lseek and write over the cached pages of a file")};
}

}  // namespace bytepath::kernels
