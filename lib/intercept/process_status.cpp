#include "intercept/process_status.h"

#include <algorithm>
#include <charconv>

#include "base/file.h"

namespace bytepath::intercept {
namespace {

std::uint64_t number_in(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return 0;
  std::uint64_t number = 0;
  std::from_chars(text.data() + first, text.data() + text.size(), number);
  return number;
}

std::string proc_file(pid_t thread, std::string_view name) {
  return read_file(fmt::format("/proc/{}/{}", thread, name)).value_or("");
}

}  // namespace

std::uint64_t status_value(std::string_view status, std::string_view key) {
  while (!status.empty()) {
    const std::size_t end = std::min(status.find('\n'), status.size());
    const std::string_view line = status.substr(0, end);
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ':') {
      return number_in(line.substr(key.size() + 1));
    }
    status.remove_prefix(std::min(end + 1, status.size()));
  }
  return 0;
}

Family read_family(pid_t thread) {
  const std::string status = proc_file(thread, "status");
  return {.process = static_cast<pid_t>(status_value(status, "Tgid")),
          .parent = static_cast<pid_t>(status_value(status, "PPid"))};
}

std::string read_name(pid_t thread) {
  std::string name = proc_file(thread, "comm");
  if (name.ends_with('\n')) name.pop_back();
  return name;
}

std::uint64_t read_peak_rss_kib(pid_t thread) {
  return status_value(proc_file(thread, "status"), "VmHWM");
}

std::optional<std::uint64_t> read_filter_count(pid_t thread) {
  const std::string status = proc_file(thread, "status");
  if (status.empty()) return std::nullopt;
  return status_value(status, "Seccomp_filters");
}

FaultCounts parse_fault_counts(std::string_view stat) {
  // "pid (name) state ...": the name may hold anything. Minor faults are the tenth field, major
  // ones the twelfth, that is the eighth and tenth behind the name.
  constexpr int minor_field = 8;
  constexpr int major_field = 10;
  FaultCounts counts;
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return counts;
  stat.remove_prefix(name_end + 1);
  for (int field = 1; field <= major_field && !stat.empty(); ++field) {
    stat.remove_prefix(1);
    const std::size_t end = std::min(stat.find(' '), stat.size());
    if (field == minor_field) counts.minor = number_in(stat.substr(0, end));
    if (field == major_field) counts.major = number_in(stat.substr(0, end));
    stat.remove_prefix(end);
  }
  return counts;
}

FaultCounts read_fault_counts(pid_t process) {
  return parse_fault_counts(proc_file(process, "stat"));
}

}  // namespace bytepath::intercept
