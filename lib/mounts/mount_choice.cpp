#include "mounts/mount_choice.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace bytepath::mounts {
namespace {

const Mount* mount_of(const MountTrace& trace, std::uint64_t device) {
  const auto found = std::ranges::find(trace.mounts, device, &Mount::device);
  return found == trace.mounts.end() ? nullptr : &*found;
}

// "/mnt/a/" is "/mnt/a".
std::string_view without_slash(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

std::vector<std::uint64_t> named(const MountTrace& trace, const std::string& asked) {
  std::vector<std::uint64_t> devices;
  const auto depth = parse_unsigned(asked);
  for (const Mount& mount : trace.mounts) {
    const bool is = depth
                        ? mount.depth == *depth
                        : !mount.path.empty() && without_slash(mount.path) == without_slash(asked);
    if (is && std::ranges::find(devices, mount.device) == devices.end())
      devices.push_back(mount.device);
  }
  return devices;
}

std::string list(const MountTrace& trace, const std::set<std::uint64_t>& devices) {
  constexpr std::size_t most_named = 5;
  std::vector<std::string> texts;
  for (const std::uint64_t device : devices) {
    if (texts.size() == most_named) {
      texts.push_back(fmt::format("{} more", devices.size() - most_named));
      break;
    }
    texts.push_back(mount_text(trace, device));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

}  // namespace

std::string mount_text(const MountTrace& trace, std::uint64_t device) {
  const Mount* mount = mount_of(trace, device);
  if (mount == nullptr) return fmt::format("device {}", device);
  return fmt::format(
      "depth {}, {}", mount->depth,
      mount->path.empty() ? fmt::format("device {}", device) : in_one_line(mount->path));
}

std::string mount_name(const MountTrace& trace, std::uint64_t device) {
  const Mount* const mount = mount_of(trace, device);
  return mount != nullptr && !mount->path.empty() ? mount->path : mount_text(trace, device);
}

Result<std::uint64_t> choose_mount(const MountTrace& trace,
                                   const std::set<std::uint64_t>& candidates,
                                   const std::string& asked, std::string_view what,
                                   std::string_view name) {
  if (asked.empty() && candidates.size() == 1) return *candidates.begin();
  const std::string known = list(trace, candidates);
  if (asked.empty()) {
    return fail(ErrorKind::usage,
                fmt::format("{}: {} mounts have {}", name, candidates.size(), what),
                fmt::format("choose one with --mount: {}", known));
  }
  const auto devices = named(trace, asked);
  if (devices.empty()) {
    return fail(ErrorKind::usage, fmt::format("--mount: {} has no mount {}", name, asked),
                fmt::format("a path or a depth out of: {}", known));
  }
  std::vector<std::uint64_t> fitting;
  std::ranges::copy_if(devices, std::back_inserter(fitting),
                       [&](std::uint64_t device) { return candidates.contains(device); });
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) {
    return fail(ErrorKind::usage,
                fmt::format("--mount: mount {} of {} has no {}", asked, name, what),
                fmt::format("there is {} at: {}", what, known));
  }
  return fail(ErrorKind::usage,
              fmt::format("--mount: {} mounts of {} have depth {}", fitting.size(), name, asked),
              fmt::format("give the path of one: {}", known));
}

}  // namespace bytepath::mounts
