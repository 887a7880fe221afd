#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/file.h"

namespace bytepath {

Result<AtomicFile> AtomicFile::create(const std::string& path) {
  std::error_code ignored;
  // A link is followed, so that the file it names is replaced and the link stays.
  const auto resolved = std::filesystem::weakly_canonical(path, ignored);
  const std::string target = ignored || resolved.empty() ? path : resolved.string();

  struct stat before{};
  const bool exists = ::stat(target.c_str(), &before) == 0;
  if (exists && S_ISDIR(before.st_mode)) return fail_errno(EISDIR, "cannot write {}", path);
  if (exists && !S_ISREG(before.st_mode)) {
    Descriptor file(::open(target.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) return fail_errno(errno, "cannot open {}", path);
    return AtomicFile(path, std::move(file));
  }
  // The rename would also replace a file that its owner made read-only.
  if (exists && ::access(target.c_str(), W_OK) != 0)
    return fail_errno(errno, "cannot write {}", path);

  std::string temporary = target + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return fail_errno(errno, "cannot write {}", path);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  AtomicFile atomic(path, std::move(file));
  atomic.target_ = target;
  atomic.temporary_ = temporary;
  atomic.mode_ = exists ? before.st_mode & 07777 : 0666 & ~mask;
  return atomic;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      mode_(other.mode_),
      file_(std::move(other.file_)) {}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<> AtomicFile::write(std::string_view content) {
  return write_all(file_.get(), content, path_);
}

Result<> AtomicFile::commit() {
  if (temporary_.empty()) return {};
  if (::fchmod(file_.get(), mode_) != 0 || ::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return fail_errno(errno, "cannot write {}", path_);
  }
  temporary_.clear();
  return {};
}

}  // namespace bytepath
