#include "process/process_handle.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::process {
namespace {

// The process that a thread belongs to; empty where there is no thread of that number.
std::string process_of(pid_t thread) {
  const auto status = read_file(fmt::format("/proc/{}/status", thread));
  if (!status) return {};
  constexpr std::string_view name = "\nTgid:";
  const auto at = status->find(name);
  if (at == std::string::npos) return {};
  const auto begin = at + name.size();
  return std::string(
      trim(std::string_view(*status).substr(begin, status->find('\n', begin) - begin)));
}

}  // namespace

Result<Descriptor> open_process(pid_t process) {
  Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  if (handle) return handle;
  const int error = errno;
  // Of a thread the kernel says ENOENT, and before Linux 6.9 EINVAL (kernel/pid.c).
  const std::string whole = error == ENOENT || error == EINVAL ? process_of(process) : "";
  if (!whole.empty()) {
    return fail(ErrorKind::usage,
                fmt::format("--pid: {} is a thread of process {}", process, whole),
                fmt::format("give --pid {}", whole));
  }
  if (error == ESRCH || error == ENOENT || error == EINVAL)
    return fail(ErrorKind::usage, fmt::format("there is no process {}", process), "see ps -e");
  return fail_errno(error, "cannot watch process {}", process);
}

}  // namespace bytepath::process
