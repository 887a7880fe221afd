#include <sys/sendfile.h>
#include <unistd.h>

#include "kernels/backing_file.h"

namespace bytepath::kernels {
namespace {

int sendfile_once(const Files& files, std::byte* to, const std::byte* from, std::size_t size) {
  const int in = files.source.get();
  const int out = files.destination.get();
  off_t offset = files.bounds.source_offset(from);
  if (::lseek(out, files.bounds.destination_offset(to), SEEK_SET) < 0) return errno;
  return complete(size,
                  [&](std::size_t done) { return ::sendfile(out, in, &offset, size - done); });
}

int copy_file_range_once(const Files& files, std::byte* to, const std::byte* from,
                         std::size_t size) {
  off_t in_offset = files.bounds.source_offset(from);
  off_t out_offset = files.bounds.destination_offset(to);
  return complete(size, [&](std::size_t done) {
    return ::copy_file_range(files.source.get(), &in_offset, files.destination.get(), &out_offset,
                             size - done, 0);
  });
}

Kernel row(const char* name, const char* summary, decltype(Kernel::open) open,
           decltype(Kernel::repeat) repeat) {
  return {.name = name,
          .family = Family::syscall,
          .summary = summary,
          .offset = "offset in the file written - offset in the file read",
          .open = open,
          .repeat = repeat,
          .write_in = write_in_file,
          .read_back = read_back_file};
}

template <const char* call>
Result<State> open(const Kernel& kernel, const Arena& arena) {
  BYTEPATH_TRY(files, make_files(arena, Ends::both));
  return hand_over(kernel, arena, own(std::move(files)), call);
}

constexpr char sendfile_call[] = "sendfile";
constexpr char copy_file_range_call[] = "copy_file_range";

}  // namespace

std::vector<Kernel> file_to_file() {
  return {row("sendfile", "sendfile from a cached file to another", open<sendfile_call>,
              repeat_inside<Files, sendfile_once>),
          row("copy-file-range",
              "copy_file_range between cached files (a file system that shares blocks copies none)",
              open<copy_file_range_call>, repeat_inside<Files, copy_file_range_once>)};
}

}  // namespace bytepath::kernels
