#include "storage/target_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/file.h"
#include "base/units.h"
#include "host/mount_table.h"
#include "mounts/mount_stack.h"

namespace bytepath::storage {
namespace {

// A device can be read in pieces of a logical block, 512 bytes or a multiple of it.
constexpr std::uint64_t direct_unit = 512;

Result<> check_type(const std::string& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode))
    return fail(ErrorKind::usage, fmt::format("{} is a folder", path), "name a file in it");
  if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
    return fail(ErrorKind::usage, fmt::format("{} is neither a file nor a block device", path),
                "a pipe, socket or terminal has no pages that could be read again");
  return {};
}

Result<Descriptor> open_for(const TargetRequest& request) {
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (request.direct ? O_DIRECT : 0);
  Descriptor file(::open(request.path.c_str(), flags));
  if (file) return file;
  const int error = errno;
  if (request.direct && error == EINVAL)
    return fail(ErrorKind::unsupported,
                fmt::format("{}: its file system has no O_DIRECT", request.path),
                "leave out --direct");
  return fail_errno(error, "cannot open {}", request.path);
}

// The part to be read, in whole blocks.
Result<std::uint64_t> region_of(const TargetRequest& request, std::uint64_t bytes) {
  if (bytes == 0)
    return fail(ErrorKind::unsupported, fmt::format("{} is empty", request.path),
                "there is nothing to read: name a file with content");
  if (bytes < request.block)
    return fail(ErrorKind::unsupported,
                fmt::format("{} has {}, less than an access of {} reads", request.path,
                            format_size(bytes), format_size(request.block)),
                "name a larger file, or give a smaller --block");
  if (!request.size) return std::min(bytes, usual_region) / request.block * request.block;
  if (*request.size > bytes)
    return fail(ErrorKind::usage,
                fmt::format("--size: {} is beyond the end of {}, which has {}",
                            format_size(*request.size), request.path, format_size(bytes)),
                "give up to its size");
  if (*request.size < request.block)
    return fail(ErrorKind::usage,
                fmt::format("--size: {} is less than an access of {}", format_size(*request.size),
                            format_size(request.block)),
                "give a larger --size or a smaller --block");
  return *request.size / request.block * request.block;
}

// What it lies on, as far as the mount table tells.
void describe_mount(TargetFile& target) {
  std::error_code error;
  // Of the open file: its own path may be a link, or that of a file that has no name any more.
  const auto real =
      std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", target.file.get()), error);
  const auto text = read_file("/proc/self/mountinfo");
  if (error || !text) return;
  const auto table = host::mounts_from_text(*text);
  const host::MountEntry* const mount = host::mount_of_path(table, real.string());
  if (mount == nullptr) return;
  target.file_system = mount->type;
  mounts::MountStack stack{{.entry = *mount}};
  if (auto found = mounts::find_stack(mount->path, {})) stack = std::move(*found);
  const auto is_fuse = [](const auto& each) { return each.entry.is_fuse(); };
  const auto is_on_device = [](const auto& each) { return each.entry.source.starts_with("/dev/"); };
  if (std::ranges::any_of(stack, is_fuse))
    target.behind = Behind::fuse;
  else if (std::ranges::any_of(stack, is_on_device))
    target.behind = Behind::block_device;
}

}  // namespace

Result<TargetFile> open_target(const TargetRequest& request) {
  struct stat status{};
  if (::stat(request.path.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR)
      return fail_errno(errno, "cannot look at {}", request.path);
    return fail(ErrorKind::usage, fmt::format("there is no file {}", request.path),
                "is the path right?");
  }
  if (auto checked = check_type(request.path, status); !checked)
    return std::unexpected(checked.error());
  if (request.direct && request.block % direct_unit != 0)
    return fail(ErrorKind::usage,
                fmt::format("--block: O_DIRECT reads multiples of 512 bytes, not {}",
                            format_size(request.block)),
                "such as 4K");
  TargetFile target{.path = request.path, .direct = request.direct};
  BYTEPATH_TRY(file, open_for(request));
  target.file = std::move(file);
  target.file_type = status.st_mode & S_IFMT;
  const off_t end = ::lseek(target.file.get(), 0, SEEK_END);
  if (end < 0) return fail_errno(errno, "cannot find the end of {}", request.path);
  target.bytes = static_cast<std::uint64_t>(end);
  BYTEPATH_TRY(region, region_of(request, target.bytes));
  target.region = region;
  if (S_ISBLK(status.st_mode)) {
    target.file_system = "device";
    target.behind = Behind::block_device;
  } else {
    describe_mount(target);
  }
  return target;
}

}  // namespace bytepath::storage
