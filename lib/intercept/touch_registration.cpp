#include "intercept/touch_registration.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace bytepath::intercept {
namespace {

// linux/userfaultfd.h and linux/pidfd.h; Debian 12's headers are of Linux 6.1.
constexpr std::uint64_t user_mode_only = 1;
constexpr std::uint64_t feature_wp_unpopulated = 1U << 13;
constexpr std::uint64_t feature_wp_async = 1U << 15;
constexpr unsigned pidfd_thread = O_EXCL;  // since 6.9: of a thread that leads no process

int open_process(pid_t thread, pid_t process) {
  const long of_thread = syscall(SYS_pidfd_open, thread, pidfd_thread);
  return static_cast<int>(of_thread >= 0 ? of_thread : syscall(SYS_pidfd_open, process, 0));
}

}  // namespace

Arguments userfault_arguments() { return {O_CLOEXEC | user_mode_only}; }

Result<Descriptor> copy_descriptor(pid_t thread, pid_t process, int descriptor) {
  const Descriptor target(open_process(thread, process));
  if (!target) return fail_errno(errno, "cannot open process {}", process);
  Descriptor copy(static_cast<int>(syscall(SYS_pidfd_getfd, target.get(), descriptor, 0)));
  if (!copy) return fail_errno(errno, "cannot copy a descriptor of process {}", process);
  return copy;
}

Result<> enable_write_protect_async(const Descriptor& userfault) {
  uffdio_api api{
      .api = UFFD_API, .features = feature_wp_async | feature_wp_unpopulated, .ioctls = 0};
  if (::ioctl(userfault.get(), UFFDIO_API, &api) == 0) return {};
  if (errno != EINVAL) return fail_errno(errno, "cannot set up userfaultfd");
  return fail(ErrorKind::unsupported,
              "this kernel's userfaultfd cannot make every touched page a fault of its own",
              "Linux 6.7 or later is needed (UFFD_FEATURE_WP_ASYNC)");
}

Result<> register_pages(const Descriptor& userfault, std::uint64_t start, std::uint64_t end) {
  uffdio_register range{
      .range = {.start = start, .len = end - start}, .mode = UFFDIO_REGISTER_MODE_WP, .ioctls = 0};
  if (::ioctl(userfault.get(), UFFDIO_REGISTER, &range) == 0) return {};
  return fail_errno(errno, "cannot register a mapping of {} bytes with userfaultfd", end - start);
}

Error userfault_refusal(int errno_value) {
  if (errno_value == ENOSYS) {
    return {.kind = ErrorKind::unsupported,
            .message = "this kernel has no userfaultfd (CONFIG_USERFAULTFD)",
            .hint = ""};
  }
  Error error = fail_errno(errno_value, "the process may not call userfaultfd").error();
  if (error.kind == ErrorKind::denied) error.hint = "a container's seccomp profile may forbid it";
  return error;
}

}  // namespace bytepath::intercept
