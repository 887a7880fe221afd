#pragma once
#include <cstdint>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::storage {

// A file without a name, which is gone with this process, however that ends.
class NamelessFile {
 public:
  // `bytes` of what no file system can leave out or compress, on the disk when this returns.
  // Errors: the folder is none or may not be written to (usage), the disk is full (failed).
  static Result<NamelessFile> create(const std::string& folder, std::uint64_t bytes);

  // By which this process can open it.
  std::string path() const;

 private:
  explicit NamelessFile(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace bytepath::storage
