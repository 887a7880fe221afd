#include "chunks/cold_mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <string>

#include "base/descriptor.h"
#include "base/text.h"

namespace bytepath::chunks {
namespace {

struct Flag {
  const char* word;
  unsigned long flag;
};
constexpr Flag flags[] = {{"ro", MS_RDONLY},         {"nosuid", MS_NOSUID},
                          {"nodev", MS_NODEV},       {"noexec", MS_NOEXEC},
                          {"noatime", MS_NOATIME},   {"nodiratime", MS_NODIRATIME},
                          {"relatime", MS_RELATIME}, {"rw", 0}};

// The options of the file system, without those that are flags of mount(2).
std::string data_of(const host::MountEntry& entry, unsigned long& mount_flags) {
  std::string data;
  for (const auto word : split(entry.options, ',')) {
    bool is_flag = false;
    for (const auto& each : flags) {
      if (word != each.word) continue;
      is_flag = true;
      mount_flags |= each.flag;
    }
    if (!is_flag) data += (data.empty() ? "" : ",") + std::string(word);
  }
  return data;
}

// An image that nobody has open any more loses its pages; one that is in use keeps them.
void drop_pages(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) static_cast<void>(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED));
}

}  // namespace

Result<> drop_caches() {
  ::sync();  // what is dirty cannot be dropped
  const Descriptor file(::open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), "3", 1) != 1) {
    return fail_errno(errno, "cannot make the mount cold by /proc/sys/vm/drop_caches");
  }
  return {};
}

Result<> remount(const mounts::MountStack& stack) {
  const auto& entry = stack.front().entry;
  if (entry.is_fuse()) {
    return fail(ErrorKind::usage,
                fmt::format("--cold remount: {} is a FUSE mount, which only its daemon can mount",
                            entry.path),
                "--prepare 'COMMAND that mounts it again' with --cold none");
  }
  unsigned long mount_flags = 0;
  const std::string data = data_of(entry, mount_flags);
  if (::umount2(entry.path.c_str(), 0) != 0)
    return fail_errno(errno, "--cold remount: cannot unmount {}", entry.path);
  drop_pages(entry.source);
  if (::mount(entry.source.c_str(), entry.path.c_str(), entry.type.c_str(), mount_flags,
              data.c_str()) != 0) {
    return fail_errno(errno, "--cold remount: {} was unmounted and cannot be mounted again",
                      entry.path);
  }
  return {};
}

}  // namespace bytepath::chunks
