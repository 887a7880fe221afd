#include "weights/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace bytepath::weights {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(ModelFile file, Descriptor descriptor)
      : ByteSource(std::move(file)), descriptor_(std::move(descriptor)) {}

  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::pread(descriptor_.get(), out.data() + done, out.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail_errno(errno, "cannot read {}", path());
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  Descriptor descriptor_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  // Without O_NONBLOCK the opening of a pipe would wait for its writer.
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) {
      return fail(ErrorKind::usage, fmt::format("cannot open {}: {}", path, std::strerror(error)));
    }
    return fail_errno(error, "cannot open {}", path);
  }
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0) return fail_errno(errno, "cannot read {}", path);
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::usage, fmt::format("cannot read {}: it is a folder", path),
                "name a file in it: a .gguf, a .safetensors or its .index.json, an .onnx");
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::usage, fmt::format("cannot read {}: it is not a regular file", path));
  }
  // Readahead of this descriptor alone: what the program under measurement reads is not concerned.
  (void)::posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_RANDOM);
  ModelFile file{.path = path,
                 .size = static_cast<std::uint64_t>(status.st_size),
                 .device = status.st_dev,
                 .inode = status.st_ino};
  return std::make_unique<FileSource>(std::move(file), std::move(descriptor));
}

Result<std::size_t> MemorySource::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size()) return std::size_t{0};
  const std::size_t got = std::min(out.size(), size() - offset);
  const auto begin = std::min<std::uint64_t>(offset, bytes_.size());
  const auto stored = bytes_.subspan(begin, std::min(got, bytes_.size() - begin));
  std::ranges::copy(stored, out.begin());
  std::ranges::fill(out.subspan(stored.size(), got - stored.size()), std::byte{0});
  return got;
}

}  // namespace bytepath::weights
