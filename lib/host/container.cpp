#include "host/container.h"

#include <array>
#include <filesystem>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {
namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

struct Mark {
  std::string_view text;
  std::string_view kind;
};

// Parts of the cgroup path that container managers give; more specific ones first.
constexpr std::array cgroup_marks = {
    Mark{.text = "kubepods", .kind = "kubernetes"},
    Mark{.text = "/docker", .kind = "docker"},
    Mark{.text = "libpod", .kind = "podman"},
    Mark{.text = "/lxc", .kind = "lxc"},
    Mark{.text = "machine.slice/systemd-nspawn", .kind = "systemd-nspawn"},
};

// The environment that the manager gave to the first process: container=lxc.
std::string container_variable(const std::string& environment) {
  constexpr std::string_view key = "container=";
  for (const auto variable : split(environment, '\0')) {
    if (variable.starts_with(key)) return std::string(variable.substr(key.size()));
  }
  return "";
}

Container find_marks(const Root& root) {
  // Written by podman; by buildah and CRI-O as well, which are the same family.
  if (exists(root.at("/run/.containerenv"))) {
    return {.kind = "podman", .how = "/run/.containerenv"};
  }
  if (exists(root.at("/.dockerenv"))) return {.kind = "docker", .how = "/.dockerenv"};
  if (auto kind = read_line_or(root.at("/run/systemd/container"), ""); !kind.empty()) {
    return {.kind = std::move(kind), .how = "/run/systemd/container"};
  }
  if (const auto environment = read_file(root.at("/proc/1/environ"), 1U << 20)) {
    if (auto kind = container_variable(*environment); !kind.empty()) {
      return {.kind = std::move(kind), .how = "container= in /proc/1/environ"};
    }
  }
  const auto cgroup = read_line_or(root.at("/proc/self/cgroup"), "");
  for (const auto& mark : cgroup_marks) {
    if (cgroup.find(mark.text) != std::string::npos) {
      return {.kind = std::string(mark.kind), .how = "/proc/self/cgroup"};
    }
  }
  // Without /proc there is nothing else to go by: a real host always has it.
  if (!exists(root.at("/proc/self/status"))) return {.kind = "chroot", .how = "no /proc"};
  return {};
}

}  // namespace

Container find_container(const Root& root) {
  auto container = find_marks(root);
  container.sees_host_processes = read_line_or(root.at("/proc/2/comm"), "") == "kthreadd";
  return container;
}

}  // namespace bytepath::host
