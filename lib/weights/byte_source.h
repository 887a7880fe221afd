#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "weights/model.h"

namespace bytepath::weights {

// What a parser reads. A file, or bytes in memory, so that a fuzzer needs no file.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // As many bytes as there are from offset, up to the size of out; fewer only at the end.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) const = 0;

  const ModelFile& file() const { return file_; }
  const std::string& path() const { return file_.path; }
  std::uint64_t size() const { return file_.size; }

 protected:
  explicit ByteSource(ModelFile file) : file_(std::move(file)) {}

 private:
  ModelFile file_;
};

// Opens the file of that path: a model's first file, and those that it names.
using Opener = std::function<Result<std::unique_ptr<ByteSource>>(const std::string& path)>;

// A regular file, read by pread(2): nothing is mapped, so that a file that is cut short meanwhile
// gives an error and no signal, and only what is asked for comes into the page cache, since that is
// what a probe may be about to measure. Errors: usage when there is no such file or it is none that
// can be read as one (a folder, a pipe); denied; failed otherwise.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

// Bytes that live longer than the source, and behind them zeros, as in a sparse file.
class MemorySource : public ByteSource {
 public:
  MemorySource(std::string path, std::span<const std::byte> bytes, std::uint64_t zeros = 0)
      : ByteSource({.path = std::move(path), .size = bytes.size() + zeros}), bytes_(bytes) {}
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) const override;

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace bytepath::weights
