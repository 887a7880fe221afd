#include "lazyfs/mount.h"

#include <pthread.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdarg>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "lazyfs/fuse_operations.h"

namespace bytepath::lazyfs {
namespace {

// libfuse says why it failed only to its log, which is one of the process.
std::mutex log_mutex;
std::string last_log_line;

void keep_log_line(fuse_log_level /*level*/, const char* format, std::va_list arguments) {
  std::array<char, 512> line{};
  (void)std::vsnprintf(line.data(), line.size(), format, arguments);
  const std::lock_guard lock(log_mutex);
  last_log_line = trim(line.data());
}

std::string take_log_line() {
  const std::lock_guard lock(log_mutex);
  return std::exchange(last_log_line, {});
}

// The kernel takes the lesser of what a mount asks for and of its own 128 KiB, which root may
// change for one file system.
Result<> raise_readahead(const std::string& mountpoint, std::uint64_t bytes) {
  struct stat status{};
  // Answered when the mount has been set up by the kernel, which sets its readahead.
  if (::stat(mountpoint.c_str(), &status) != 0)
    return fail_errno(errno, "cannot read {}", mountpoint);
  const std::string path =
      fmt::format("/sys/class/bdi/{}:{}/read_ahead_kb", major(status.st_dev), minor(status.st_dev));
  const auto kernel = parse_unsigned(read_line_or(path, "0")).value_or(0) << 10U;
  if (kernel >= bytes) return {};
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return fail_errno(errno, "cannot raise the readahead: {}", path);
  return write_all(file.get(), std::to_string(bytes >> 10U), path);
}

// Its only use is to end a system call that waits.
void wake(int /*signal*/) {}

}  // namespace

struct Mount::Impl {
  Mounted mounted;
  fuse_session* session = nullptr;
};

Mount::Mount(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Mount::Mount(Mount&&) noexcept = default;
Mount::~Mount() {
  if (!impl_ || impl_->session == nullptr) return;
  fuse_session_unmount(impl_->session);
  fuse_session_destroy(impl_->session);
}

Result<Mount> Mount::open(const Tree& tree, Reader& reader, MountOptions options) {
  fuse_set_log_func(keep_log_line);
  auto impl = std::make_unique<Impl>(
      Impl{.mounted = {.tree = tree, .reader = reader, .options = std::move(options)}});
  // Rights are those of the source's files; so root's mount can be everybody's.
  std::string mount_options = "ro,fsname=lazyfs,subtype=lazyfs,default_permissions";
  if (::geteuid() == 0) mount_options += ",allow_other";
  // fusermount3 waits for our end, however that comes, and unmounts.
  if (::access("/usr/bin/fusermount3", X_OK) == 0) mount_options += ",auto_unmount";
  std::string name = "lazyfs";
  std::string flag = "-o";
  std::array words{name.data(), flag.data(), mount_options.data()};
  fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(words.size()), words.data());
  impl->session =
      fuse_session_new(&arguments, &fuse_operations(), sizeof fuse_operations(), &impl->mounted);
  fuse_opt_free_args(&arguments);
  const std::string& mountpoint = impl->mounted.options.mountpoint;
  errno = 0;
  if (impl->session == nullptr || fuse_session_mount(impl->session, mountpoint.c_str()) != 0) {
    const int error = errno;
    if (impl->session != nullptr) fuse_session_destroy(impl->session);
    const std::string why = take_log_line();
    // fusermount3 says by itself what it could not do, and leaves no error number.
    const bool refused = error == 0 && why.empty();
    const bool denied = refused || error == EPERM || error == EACCES || ::geteuid() != 0;
    const std::string reason = !why.empty() ? why
                               : refused    ? "fusermount3 refused it"
                                            : std::strerror(error);
    return fail(denied ? ErrorKind::denied : ErrorKind::failed,
                fmt::format("cannot mount on {}: {}", mountpoint, reason),
                denied ? "run as root, or see CAPABILITIES in the manual page" : "");
  }
  return Mount(std::move(impl));
}

Result<> Mount::serve(const std::function<void()>& ready, const std::function<bool()>& stop) {
  struct sigaction action{};
  action.sa_handler = wake;  // without SA_RESTART
  sigaction(SIGUSR1, &action, nullptr);

  constexpr unsigned most_threads = 64;  // requests that are handled at once
  const std::unique_ptr<fuse_loop_config, decltype(&fuse_loop_cfg_destroy)> config(
      fuse_loop_cfg_create(), fuse_loop_cfg_destroy);
  fuse_loop_cfg_set_max_threads(config.get(), most_threads);
  fuse_loop_cfg_set_idle_threads(config.get(), most_threads);
  std::mutex mutex;
  std::condition_variable ended_condition;
  bool ended = false;
  int result = 0;
  std::thread loop([&] {
    const int status = fuse_session_loop_mt(impl_->session, config.get());
    const std::lock_guard lock(mutex);
    result = status;
    ended = true;
    ended_condition.notify_all();
  });
  const auto& options = impl_->mounted.options;
  Result<> readahead;
  if (options.max_readahead)
    readahead = raise_readahead(options.mountpoint, *options.max_readahead);
  if (readahead) ready();

  std::unique_lock lock(mutex);
  constexpr auto tick = std::chrono::milliseconds(100);
  while (!ended) {
    if (!readahead || stop()) {
      fuse_session_exit(impl_->session);
      pthread_kill(loop.native_handle(), SIGUSR1);
    }
    ended_condition.wait_for(lock, tick, [&] { return ended; });
  }
  lock.unlock();
  loop.join();
  if (!readahead) return readahead;
  if (result < 0) return fail_errno(-result, "cannot serve the mount {}", options.mountpoint);
  return {};
}

}  // namespace bytepath::lazyfs
