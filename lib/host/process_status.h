#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bytepath::host {

// The capabilities that decide what a probe may do, with their numbers (capabilities(7),
// linux/capability.h).
enum class LinuxCapability : unsigned {
  dac_read_search = 2,
  ipc_lock = 14,
  sys_rawio = 17,
  sys_ptrace = 19,
  sys_admin = 21,
  syslog = 34,
  perfmon = 38,
  bpf = 39,
};

// "CAP_BPF".
std::string_view name(LinuxCapability capability);

// All of the above, in the order of their numbers.
const std::vector<LinuxCapability>& relevant_capabilities();

// /proc/<pid>/status: seccomp is 0 (none), 1 (strict) or 2 (filter).
struct ProcessStatus {
  std::optional<std::uint64_t> effective_capabilities;
  std::optional<unsigned> seccomp;
  std::optional<unsigned> effective_user;
  bool no_new_privileges = false;
  std::string allowed_cpus;  // "0-3,8", as the file writes it

  // CAP_SYS_ADMIN stands in for CAP_BPF and CAP_PERFMON, as bpf_capable() and perfmon_capable() in
  // linux/capability.h have it; for no other one.
  bool has(LinuxCapability capability) const;
};

// Lines that are absent or malformed leave their field empty.
ProcessStatus parse_process_status(std::string_view text);

// "0-3,8" -> 5; nothing when the text is not a CPU list.
std::optional<unsigned> count_cpus(std::string_view list);

}  // namespace bytepath::host
