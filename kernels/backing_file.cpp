#include "kernels/backing_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace bytepath::kernels {
namespace {

int write_image(int file, const std::byte* bytes, std::size_t size, off_t offset) {
  return complete(size, [&](std::size_t done) {
    return ::pwrite(file, bytes + done, size - done, offset + static_cast<off_t>(done));
  });
}

Result<Descriptor> file_with_image(const std::string& directory, const std::byte* half,
                                   std::size_t size) {
  BYTEPATH_TRY(file, make_file(directory));
  if (const int error = write_image(file.get(), half, size, 0))
    return fail_errno(error, "cannot fill a file of {} bytes {}{}", size,
                      directory.empty() ? "in memory" : "in ", directory);
  return std::move(file);
}

}  // namespace

Result<Descriptor> make_file(const std::string& directory) {
  if (directory.empty()) {
    Descriptor file(memfd_create("bytepath", MFD_CLOEXEC));
    if (!file) return refused("memfd_create", errno);
    return file;
  }
  Descriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  // Not every file system has O_TMPFILE (overlay before Linux 6.2, NFS, FUSE).
  std::string path = directory + "/.bytepath-XXXXXX";
  file = Descriptor(mkostemp(path.data(), O_CLOEXEC));
  if (!file) return fail_errno(errno, "cannot make a temporary file in {}", directory);
  ::unlink(path.c_str());
  return file;
}

Result<Files> make_files(const Arena& arena, Ends ends) {
  Files files{.bounds = Bounds(arena)};
  if (ends != Ends::destination) {
    BYTEPATH_TRY(file, file_with_image(arena.directory, arena.source, arena.size));
    files.source = std::move(file);
  }
  if (ends != Ends::source) {
    BYTEPATH_TRY(file, file_with_image(arena.directory, arena.destination, arena.size));
    files.destination = std::move(file);
  }
  return files;
}

int write_in_file(void* state, const void* address, std::size_t size) {
  const auto& files = *static_cast<const Files*>(state);
  const auto* bytes = static_cast<const std::byte*>(address);
  if (files.bounds.in_source(address, size)) {
    if (!files.source) return 0;
    return write_image(files.source.get(), bytes, size, files.bounds.source_offset(address));
  }
  if (!files.bounds.in_destination(address, size)) return EFAULT;
  if (!files.destination) return 0;
  return write_image(files.destination.get(), bytes, size,
                     files.bounds.destination_offset(address));
}

int read_back_file(void* state, void* out, const void* destination, std::size_t size) {
  const auto& files = *static_cast<const Files*>(state);
  if (!files.bounds.in_destination(destination, size)) return EFAULT;
  const off_t offset = files.bounds.destination_offset(destination);
  return complete(size, [&](std::size_t done) {
    return ::pread(files.destination.get(), static_cast<std::byte*>(out) + done, size - done,
                   offset + static_cast<off_t>(done));
  });
}

}  // namespace bytepath::kernels
