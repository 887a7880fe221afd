#include "host/root_folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bytepath::host {

Result<RootFolder> RootFolder::open(const std::string& path) {
  RootFolder root;
  root.name_ = path;
  root.folder_ = Descriptor(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.folder_) return fail_errno(errno, "cannot open the folder {}", path);
  return root;
}

Result<Descriptor> RootFolder::open_file(const std::string& path) const {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const long opened = syscall(SYS_openat2, folder_.get(), path.c_str(), &how, sizeof how);
  if (opened < 0) {
    if (errno == ENOSYS)
      return fail(ErrorKind::unsupported, "this kernel has no openat2 (Linux 5.6)",
                  "without it a link could lead out of the root");
    return fail_errno(errno, "cannot open {} in {}", path, name_);
  }
  Descriptor file(static_cast<int>(opened));
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return fail_errno(errno, "cannot examine {}", path);
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::usage, fmt::format("{} in {} is not a regular file", path, name_));
  return file;
}

}  // namespace bytepath::host
