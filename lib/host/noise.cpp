#include "host/noise.h"

#include <array>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {

std::optional<CpuTimes> parse_cpu_times(std::string_view stat) {
  const auto fields = words(stat.substr(0, stat.find('\n')));
  // cpu user nice system idle iowait irq softirq steal; kernels since 2.6.11 have all of them
  if (fields.size() < 9 || fields[0] != "cpu") return std::nullopt;
  std::array<std::uint64_t, 8> ticks{};
  for (std::size_t field = 0; field < ticks.size(); ++field) {
    const auto number = parse_unsigned(fields[field + 1]);
    // A tick is 1 to 10 ms: 2^56 is beyond the age of any host, and sums stay in range.
    if (!number || *number >= std::uint64_t{1} << 56U) return std::nullopt;
    ticks.at(field) = *number;
  }
  return CpuTimes{.busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6],
                  .idle = ticks[3] + ticks[4],
                  .steal = ticks[7]};
}

std::optional<double> steal_share(const CpuTimes& before, const CpuTimes& after) {
  if (after.steal < before.steal || after.busy < before.busy) return std::nullopt;
  const auto stolen = after.steal - before.steal;
  const auto wanted = stolen + (after.busy - before.busy);
  if (wanted == 0) return std::nullopt;
  return static_cast<double>(stolen) / static_cast<double>(wanted);
}

std::optional<CpuTimes> read_cpu_times(const Root& root) {
  return parse_cpu_times(read_line_or(root.at("/proc/stat"), ""));
}

}  // namespace bytepath::host
