#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Lines of /proc/PID/status and /proc/PID/stat, proc(5).
namespace bytepath::intercept {

// The number behind a key of /proc/PID/status ("VmHWM"), 0 when there is none.
std::uint64_t status_value(std::string_view status, std::string_view key);

struct Family {
  pid_t process = 0;  // that the thread belongs to
  pid_t parent = 0;   // of that process
};
Family read_family(pid_t thread);

// Of the program that a thread runs, up to 15 characters of it; anybody may read that.
std::string read_name(pid_t thread);

// The largest that its memory has been, since it was made: by execve(2), or copied by fork(2).
std::uint64_t read_peak_rss_kib(pid_t thread);

// How many seccomp(2) filters a thread has; 0 where the kernel does not say (before 5.9). Nothing:
// the thread cannot be looked at.
std::optional<std::uint64_t> read_filter_count(pid_t thread);

struct FaultCounts {
  std::uint64_t minor = 0;
  std::uint64_t major = 0;
};
// Of one process, without its children; zeros when the text is not of that form.
FaultCounts parse_fault_counts(std::string_view stat);
FaultCounts read_fault_counts(pid_t process);

}  // namespace bytepath::intercept
