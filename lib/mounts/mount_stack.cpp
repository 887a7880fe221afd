#include "mounts/mount_stack.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::mounts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_mounts = 64;  // a stack that names itself ends somewhere

std::string device_text(std::uint64_t device) {
  return fmt::format("{}:{}", gnu_dev_major(device), gnu_dev_minor(device));
}

std::uint64_t number_in(const Root& root, const std::string& path) {
  return parse_unsigned(read_line_or(root.at(path), "")).value_or(0);
}

std::uint64_t file_bytes(const std::string& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

// What the next mount lies on: a path, and how it is reached.
struct Support {
  std::string path;
  std::string through;
};

// Of a block device the files behind it: a loop device has one, a mapped device those of its parts.
std::vector<Support> files_of_device(const Root& root, const std::string& device, unsigned depth) {
  const std::string folder = "/sys/dev/block/" + device;
  const std::string backing = read_line_or(root.at(folder + "/loop/backing_file"), "");
  std::error_code error;
  if (!backing.empty()) {
    const auto name = fs::canonical(root.at(folder), error).filename().string();
    return {{.path = backing, .through = "loop device /dev/" + name}};
  }
  std::vector<Support> files;
  constexpr unsigned deepest = 8;
  if (depth == deepest) return files;
  for (const auto& part : fs::directory_iterator(root.at(folder + "/slaves"), error)) {
    const std::string number = read_line_or(part.path().string() + "/dev", "");
    for (auto& file : files_of_device(root, number, depth + 1)) files.push_back(std::move(file));
  }
  return files;
}

std::vector<Support> lower_folders(const host::MountEntry& overlay) {
  std::vector<Support> folders;
  std::string path;
  std::string list = overlay.option("lowerdir");
  // "lowerdir+" names one a time (Linux 6.8); mountinfo shows them one after the other.
  if (list.empty()) list = overlay.option("lowerdir+");
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '\\' && i + 1 < list.size()) {
      path += list[++i];
    } else if (i < list.size() && list[i] != ':') {
      path += list[i];
    } else if (!path.empty()) {
      folders.push_back({.path = path, .through = "lower folder " + path});
      path.clear();
    }
  }
  if (const auto upper = overlay.option("upperdir"); !upper.empty())
    folders.push_back({.path = upper, .through = "upper folder " + upper});
  return folders;
}

std::vector<Support> supports_of(const host::MountEntry& mount, const Root& root) {
  if (mount.is_fuse()) return {};
  if (mount.type == "overlay") return lower_folders(mount);
  auto files = files_of_device(root, device_text(mount.device), 0);
  if (!files.empty()) return files;
  // A file system that reads its image itself (EROFS, Linux 6.12) has it as its source.
  std::error_code error;
  if (fs::is_regular_file(mount.source, error))
    return {{.path = mount.source, .through = "image file " + mount.source}};
  return {};
}

void add_facts(StackedMount& mount, const Root& root) {
  const std::string device = device_text(mount.entry.device);
  mount.readahead_bytes =
      number_in(root, "/sys/class/bdi/" + device + "/read_ahead_kb") * std::uint64_t{1024};
  if (!mount.entry.is_fuse()) return;
  const std::string connection =
      fmt::format("/sys/fs/fuse/connections/{}", gnu_dev_minor(mount.entry.device));
  mount.max_background = number_in(root, connection + "/max_background");
  mount.congestion_threshold = number_in(root, connection + "/congestion_threshold");
}

// Of a file system: what is used.
std::uint64_t used_bytes(const std::string& path) {
  struct statvfs status{};
  if (::statvfs(path.c_str(), &status) != 0) return 0;
  return (status.f_blocks - std::min(status.f_bfree, status.f_blocks)) * status.f_frsize;
}

std::string canonical(const std::string& path) {
  std::error_code error;
  const auto real = fs::canonical(path, error);
  return error ? path : real.string();
}

}  // namespace

Result<MountStack> find_stack(const std::string& path, const Root& root) {
  std::error_code error;
  const auto real = fs::canonical(path, error);
  if (error) {
    return fail(ErrorKind::usage, fmt::format("cannot look at {}: {}", path, error.message()),
                "name the folder where it is mounted");
  }
  BYTEPATH_TRY(text, read_file(root.at("/proc/self/mountinfo")));
  const auto table = host::mounts_from_text(text);
  const host::MountEntry* const first = host::mount_of_path(table, real.string());
  if (first == nullptr || first->path != real.string()) {
    return fail(ErrorKind::usage,
                first == nullptr
                    ? fmt::format("{} is no mount point", path)
                    : fmt::format("{} is no mount point: it lies on {}", path, first->path),
                "findmnt shows what is mounted");
  }
  MountStack stack{{.entry = *first}};
  std::set<std::uint64_t> seen{first->device};
  for (std::size_t i = 0; i < stack.size() && stack.size() < most_mounts; ++i) {
    for (const auto& support : supports_of(stack[i].entry, root)) {
      const bool is_image =
          !support.through.starts_with("lower") && !support.through.starts_with("upper");
      if (is_image && stack[i].bytes == 0) stack[i].bytes = file_bytes(support.path);
      const host::MountEntry* const below = host::mount_of_path(table, canonical(support.path));
      if (below == nullptr || !seen.insert(below->device).second) continue;
      stack.push_back(
          {.entry = *below, .depth = stack[i].depth + 1, .above = i, .through = support.through});
    }
  }
  for (auto& mount : stack) {
    add_facts(mount, root);
    if (mount.bytes == 0) mount.bytes = used_bytes(mount.entry.path);
  }
  return stack;
}

MountStack watched_part(const MountStack& stack) {
  std::vector<bool> leads_to_fuse(stack.size());
  for (std::size_t i = stack.size(); i-- > 0;) {
    if (stack[i].entry.is_fuse()) leads_to_fuse[i] = true;
    if (leads_to_fuse[i]) leads_to_fuse[stack[i].above] = true;
  }
  if (stack.empty() || !leads_to_fuse.front()) return stack;
  MountStack part;
  for (std::size_t i = 0; i < stack.size(); ++i) {
    if (leads_to_fuse[i]) part.push_back(stack[i]);
  }
  return part;
}

std::vector<Mount> mounts_of(const MountStack& stack) {
  std::vector<Mount> mounts;
  for (const auto& each : stack) {
    mounts.push_back({.device = each.entry.device,
                      .depth = each.depth,
                      .path = each.entry.path,
                      .type = each.entry.type,
                      .source = each.entry.source,
                      .bytes = each.bytes,
                      .readahead_bytes = each.readahead_bytes});
  }
  return mounts;
}

}  // namespace bytepath::mounts
