#include "host/cgroup_limits.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {

std::optional<std::string> cgroup_path(std::string_view text, std::string_view controller) {
  for (const auto line : split(text, '\n')) {
    // hierarchy:controllers:path, and the path may contain colons
    const auto first = line.find(':');
    if (first == std::string_view::npos) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const auto names = split(controllers, ',');
    const bool found = controller.empty() ? controllers.empty()
                                          : std::ranges::find(names, controller) != names.end();
    if (found) return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

std::optional<double> parse_cpu_quota(std::string_view text) {
  const auto fields = words(text);
  if (fields.size() != 2) return std::nullopt;
  const auto quota = parse_unsigned(fields[0]);
  const auto period = parse_unsigned(fields[1]);
  if (!quota || !period || *period == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

namespace {

// Version 1 writes "no limit" as the largest multiple of the page size.
constexpr std::uint64_t no_limit = std::uint64_t{1} << 62U;

void tighten_memory(CgroupLimits& limits, const Root& root, const std::string& file) {
  const auto bytes = parse_unsigned(read_line_or(root.at(file), ""));
  if (!bytes || *bytes >= no_limit) return;
  if (limits.memory_bytes && *limits.memory_bytes <= *bytes) return;
  limits.memory_bytes = bytes;
  limits.memory_file = file;
}

void tighten_cpus(CgroupLimits& limits, std::optional<double> cpus, const std::string& file) {
  if (!cpus || (limits.cpus && *limits.cpus <= *cpus)) return;
  limits.cpus = cpus;
  limits.cpu_file = file;
}

void read_group(CgroupLimits& limits, const Root& root, const std::string& folder) {
  tighten_memory(limits, root, folder + "/memory.max");
  tighten_memory(limits, root, folder + "/memory.high");
  tighten_memory(limits, root, folder + "/memory.limit_in_bytes");
  const auto current = folder + "/cpu.max";
  tighten_cpus(limits, parse_cpu_quota(read_line_or(root.at(current), "")), current);
  const auto old = folder + "/cpu.cfs_quota_us";
  const auto quota = read_line_or(root.at(old), "") + " " +
                     read_line_or(root.at(folder + "/cpu.cfs_period_us"), "");
  tighten_cpus(limits, parse_cpu_quota(quota), old);
}

// The group, every group above it, and the mount itself. In a container without a cgroup namespace
// the path is the host's and does not exist here; the walk then ends at the mount all the same.
void read_groups_upwards(CgroupLimits& limits, const Root& root, const std::string& mount,
                         std::string path) {
  constexpr int deepest = 64;
  for (int level = 0; level < deepest && path.size() > 1; ++level) {
    read_group(limits, root, mount + path);
    path.resize(path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'));
  }
  read_group(limits, root, mount);
}

}  // namespace

CgroupLimits read_cgroup_limits(const Root& root) {
  CgroupLimits limits;
  const auto text = read_line_or(root.at("/proc/self/cgroup"), "");
  struct Hierarchy {
    std::string_view controller;
    const char* mount;
  };
  constexpr std::array hierarchies = {
      Hierarchy{.controller = "", .mount = "/sys/fs/cgroup"},
      Hierarchy{.controller = "", .mount = "/sys/fs/cgroup/unified"},
      Hierarchy{.controller = "memory", .mount = "/sys/fs/cgroup/memory"},
      Hierarchy{.controller = "cpu", .mount = "/sys/fs/cgroup/cpu"},
  };
  for (const auto& hierarchy : hierarchies) {
    if (auto path = cgroup_path(text, hierarchy.controller)) {
      read_groups_upwards(limits, root, hierarchy.mount, std::move(*path));
    }
  }
  return limits;
}

}  // namespace bytepath::host
