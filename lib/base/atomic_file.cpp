#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/output_target.h"

namespace bytepath {

namespace {

// The name of the temporary file, which like any other has at most NAME_MAX bytes.
std::string temporary_beside(const std::string& target) {
  constexpr std::string_view unique = ".XXXXXX";  // mkstemp(3)
  const std::filesystem::path path(target);
  const std::string name = path.filename().string().substr(0, NAME_MAX - unique.size());
  return (path.parent_path() / name).string().append(unique);
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::string& path) {
  BYTEPATH_TRY(found, output_target(path));
  if (found.descriptor) return AtomicFile(path, std::move(found.descriptor));
  const std::string& target = found.path;

  struct stat before{};
  const bool exists = ::lstat(target.c_str(), &before) == 0;
  if (exists && S_ISDIR(before.st_mode)) return cannot_write(EISDIR, path);
  if (exists && !S_ISREG(before.st_mode)) {
    Descriptor file(::open(target.c_str(), O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC));
    if (!file) return fail_errno(errno, "cannot open {}", path);
    return AtomicFile(path, std::move(file));
  }
  // The rename would also replace a file that its owner made read-only.
  if (exists && ::access(target.c_str(), W_OK) != 0) return cannot_write(errno, path);

  std::string temporary = temporary_beside(target);
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return cannot_write(errno, path);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  // As when its content were replaced; nobody but root can give a file away.
  if (exists) (void)!::fchown(file.get(), before.st_uid, before.st_gid);
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
    return cannot_write(errno, path_);
  }
  temporary_.clear();
  return {};
}

}  // namespace bytepath
