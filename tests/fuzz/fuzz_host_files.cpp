#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "host/cgroup_limits.h"
#include "host/kernel_facts.h"
#include "host/noise.h"
#include "host/process_status.h"

// The text of any file of /proc, /sys or /etc that lib/host parses, given to each of its parsers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bytepath::host;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto status = parse_process_status(text);
  count_cpus(status.allowed_cpus);
  count_cpus(text);
  cgroup_path(text, "memory");
  cgroup_path(text, "");
  if (const auto quota = parse_cpu_quota(text); quota && *quota < 0) std::abort();
  parse_lockdown(text);
  relevant_parameters(text);
  os_release_value(text, "PRETTY_NAME");
  has_cpu_flag(text, "erms");
  if (const auto times = parse_cpu_times(text)) {
    const auto share = steal_share({}, *times);
    if (share && (*share < 0 || *share > 1)) std::abort();
  }
  return 0;
}
