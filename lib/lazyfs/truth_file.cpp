#include "lazyfs/truth_file.h"

#include <fcntl.h>

#include "base/file.h"

namespace bytepath::lazyfs {

Result<TruthFile> TruthFile::create(const std::string& path) {
  constexpr mode_t readable_by_all = 0644;
  // A pipe that nobody reads would be waited for, and no signal ends that.
  Descriptor file(::open(path.c_str(),
                         O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NONBLOCK | O_CLOEXEC,
                         readable_by_all));
  if (!file && errno == ENXIO) {
    return fail(ErrorKind::failed, fmt::format("cannot write {}: nobody reads this pipe", path),
                "begin to read it before");
  }
  if (!file) return fail_errno(errno, "cannot write {}", path);
  if (::fcntl(file.get(), F_SETFL, O_APPEND) != 0)
    return fail_errno(errno, "cannot write {}", path);
  if (auto written = write_all(file.get(), truth_header(), path); !written) {
    return std::unexpected(written.error());
  }
  return TruthFile(path, std::move(file));
}

void TruthFile::write(const Event& event) {
  if (written_) written_ = write_all(file_.get(), to_line(event), path_);
}

}  // namespace bytepath::lazyfs
