#include "host/kernel_facts.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {

std::string_view name(Lockdown lockdown) {
  switch (lockdown) {
    case Lockdown::unknown:
      return "unknown";
    case Lockdown::none:
      return "none";
    case Lockdown::integrity:
      return "integrity";
    case Lockdown::confidentiality:
      return "confidentiality";
  }
  return "";
}

Lockdown parse_lockdown(std::string_view text) {
  for (const auto word : words(text)) {
    if (word == "[none]") return Lockdown::none;
    if (word == "[integrity]") return Lockdown::integrity;
    if (word == "[confidentiality]") return Lockdown::confidentiality;
  }
  return Lockdown::unknown;
}

namespace {

// Names from Documentation/admin-guide/kernel-parameters.txt of Linux.
constexpr std::array<std::string_view, 38> parameter_names = {
    "mitigations",
    "clearcpuid",
    "nosmap",
    "nosmep",
    "nopti",
    "pti",
    "spectre_v2",
    "retbleed",
    "spec_store_bypass_disable",
    "srso",
    "mds",
    "tsx",
    "tsx_async_abort",
    "l1tf",
    "noibrs",
    "noxsave",
    "transparent_hugepage",
    "hugepages",
    "hugepagesz",
    "default_hugepagesz",
    "isolcpus",
    "nohz_full",
    "rcu_nocbs",
    "nosmt",
    "maxcpus",
    "nr_cpus",
    "clocksource",
    "tsc",
    "idle",
    "intel_idle.max_cstate",
    "processor.max_cstate",
    "intel_pstate",
    "amd_pstate",
    "lockdown",
    "nokaslr",
    "numa_balancing",
    "init_on_alloc",
    "init_on_free",
};

}  // namespace

std::vector<std::string> relevant_parameters(std::string_view command_line) {
  std::vector<std::string> kept;
  for (const auto word : words(command_line)) {
    if (word == "--") break;  // what follows belongs to the first process
    if (std::ranges::find(parameter_names, word.substr(0, word.find('='))) !=
        parameter_names.end()) {
      kept.emplace_back(word);
    }
  }
  return kept;
}

std::optional<std::string> os_release_value(std::string_view text, std::string_view key) {
  for (const auto line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || trim(line.substr(0, equals)) != key) continue;
    auto value = trim(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    return std::string(value);
  }
  return std::nullopt;
}

std::string cpuinfo_value(std::string_view cpuinfo, std::string_view key) {
  for (const auto line : split(cpuinfo, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    if (trim(line.substr(0, colon)) == key) return std::string(trim(line.substr(colon + 1)));
  }
  return "";
}

bool has_cpu_flag(std::string_view cpuinfo, std::string_view flag) {
  const auto flags = cpuinfo_value(cpuinfo, "flags");
  const auto present = words(flags);
  return std::ranges::find(present, flag) != present.end();
}

std::string cpuinfo_text(const Root& root) {
  // 1.5 KB a CPU: room for the 8192 of the largest kernels.
  return read_file(root.at("/proc/cpuinfo"), 16U << 20U).value_or("");
}

namespace {

// The firmware's names of the machine; a guest's are the hypervisor's.
std::string firmware_names(const Root& root) {
  std::string names;
  for (const auto* file : {"sys_vendor", "product_name"}) {
    const auto name = read_line_or(root.at("/sys/class/dmi/id/") + file, "");
    if (!name.empty()) names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

std::string find_hypervisor(const Root& root) {
  auto type = read_line_or(root.at("/sys/hypervisor/type"), "");
  return type.empty() ? firmware_names(root) : type;
}

std::string find_operating_system(const Root& root) {
  for (const auto* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    const auto text = read_file(root.at(path), 1U << 16);
    if (!text) continue;
    if (auto pretty = os_release_value(*text, "PRETTY_NAME")) return *pretty;
  }
  return "";
}

}  // namespace

KernelFacts read_kernel_facts(const Root& root) {
  const auto cpuinfo = cpuinfo_text(root);
  const bool guest = has_cpu_flag(cpuinfo, "hypervisor");
  return {
      .release = read_line_or(root.at("/proc/sys/kernel/osrelease"), ""),
      .version = read_line_or(root.at("/proc/version"), ""),
      .command_line = relevant_parameters(read_line_or(root.at("/proc/cmdline"), "")),
      .lockdown = parse_lockdown(read_line_or(root.at("/sys/kernel/security/lockdown"), "")),
      .operating_system = find_operating_system(root),
      .virtual_machine = guest,
      .hypervisor = guest ? find_hypervisor(root) : "",
      .container = find_container(root),
  };
}

}  // namespace bytepath::host
