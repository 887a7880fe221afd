#include "host/process_status.h"

#include <array>
#include <limits>

#include "base/text.h"

namespace bytepath::host {

std::string_view name(LinuxCapability capability) {
  switch (capability) {
    case LinuxCapability::dac_read_search:
      return "CAP_DAC_READ_SEARCH";
    case LinuxCapability::ipc_lock:
      return "CAP_IPC_LOCK";
    case LinuxCapability::sys_rawio:
      return "CAP_SYS_RAWIO";
    case LinuxCapability::sys_ptrace:
      return "CAP_SYS_PTRACE";
    case LinuxCapability::sys_admin:
      return "CAP_SYS_ADMIN";
    case LinuxCapability::syslog:
      return "CAP_SYSLOG";
    case LinuxCapability::perfmon:
      return "CAP_PERFMON";
    case LinuxCapability::bpf:
      return "CAP_BPF";
  }
  return "";
}

const std::vector<LinuxCapability>& relevant_capabilities() {
  static const std::vector<LinuxCapability> all = {
      LinuxCapability::dac_read_search, LinuxCapability::ipc_lock,  LinuxCapability::sys_rawio,
      LinuxCapability::sys_ptrace,      LinuxCapability::sys_admin, LinuxCapability::syslog,
      LinuxCapability::perfmon,         LinuxCapability::bpf};
  return all;
}

bool ProcessStatus::has(LinuxCapability capability) const {
  if (!effective_capabilities) return false;
  const auto bit = [&](LinuxCapability one) {
    return (*effective_capabilities >> static_cast<unsigned>(one) & 1U) != 0;
  };
  const bool implied = capability == LinuxCapability::bpf || capability == LinuxCapability::perfmon;
  return bit(capability) || (implied && bit(LinuxCapability::sys_admin));
}

namespace {

std::optional<unsigned> small_number(std::string_view text) {
  const auto number = parse_unsigned(text);
  if (!number || *number > std::numeric_limits<unsigned>::max()) return std::nullopt;
  return static_cast<unsigned>(*number);
}

}  // namespace

ProcessStatus parse_process_status(std::string_view text) {
  ProcessStatus status;
  for (const auto line : split(text, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto key = line.substr(0, colon);
    const auto values = words(line.substr(colon + 1));
    if (values.empty()) continue;
    if (key == "CapEff") status.effective_capabilities = parse_unsigned(values[0], 16);
    if (key == "Seccomp") status.seccomp = small_number(values[0]);
    if (key == "NoNewPrivs") status.no_new_privileges = values[0] == "1";
    if (key == "Cpus_allowed_list") status.allowed_cpus = values[0];
    // real, effective, saved and file system user
    if (key == "Uid" && values.size() == 4) status.effective_user = small_number(values[1]);
  }
  return status;
}

std::optional<unsigned> count_cpus(std::string_view list) {
  constexpr std::uint64_t limit = 1U << 20;  // far above NR_CPUS, so that no sum overflows
  std::uint64_t count = 0;
  const auto ranges = split(trim(list), ',');
  if (ranges.empty()) return std::nullopt;
  for (const auto range : ranges) {
    const auto dash = range.find('-');
    const auto first = parse_unsigned(range.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : parse_unsigned(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= limit) return std::nullopt;
    count += *last - *first + 1;
    if (count > limit) return std::nullopt;
  }
  return static_cast<unsigned>(count);
}

}  // namespace bytepath::host
