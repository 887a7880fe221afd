#include "lazyfs/truth_file.h"

#include <fcntl.h>

#include "base/file.h"

namespace bytepath::lazyfs {

Result<TruthFile> TruthFile::create(const std::string& path) {
  constexpr mode_t readable_by_all = 0644;
  Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, readable_by_all));
  if (!file) return fail_errno(errno, "cannot write {}", path);
  if (auto written = write_all(file.get(), truth_header(), path); !written) {
    return std::unexpected(written.error());
  }
  return TruthFile(path, std::move(file));
}

void TruthFile::write(const Event& event) {
  if (written_) written_ = write_all(file_.get(), to_line(event), path_);
}

}  // namespace bytepath::lazyfs
