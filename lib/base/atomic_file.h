#pragma once
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath {

// A file that is written piece by piece and appears when all of it is there: a temporary file
// beside the target, renamed by commit(). Until then, and when it fails or is destroyed before, the
// old file stays as it was. A target that is not a regular file (/dev/stdout, a pipe) is written in
// place. A file that is replaced keeps its mode and, as far as we may, its owner.
class AtomicFile {
 public:
  static Result<AtomicFile> create(const std::string& path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  Result<> write(std::string_view content);
  Result<> commit();

 private:
  AtomicFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;  // as the caller names it
  std::string target_;
  std::string temporary_;  // empty: written in place, or committed
  unsigned mode_ = 0;
  Descriptor file_;
};

}  // namespace bytepath
