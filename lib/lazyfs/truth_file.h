#pragma once
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "lazyfs/truth.h"

namespace bytepath::lazyfs {

// Writes each event at once, so that a reader beside it, and one after a crash, sees whole lines.
class TruthFile {
 public:
  // Replaces the file; a pipe or a terminal does as well.
  static Result<TruthFile> create(const std::string& path);

  void write(const Event& event);

  // What went wrong first; nothing was written from then on.
  const Result<>& written() const { return written_; }

 private:
  TruthFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  std::string path_;
  Descriptor file_;
  Result<> written_;
};

}  // namespace bytepath::lazyfs
