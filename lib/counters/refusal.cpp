#include "counters/refusal.h"

#include <linux/perf_event.h>

#include <cerrno>
#include <cstring>

namespace bytepath::counters {
namespace {

constexpr std::string_view permission = "sysctl kernel.perf_event_paranoid=1 or CAP_PERFMON";

bool counts_in_pmu(const Event& event) {
  return event.type == PERF_TYPE_HARDWARE || event.type == PERF_TYPE_HW_CACHE ||
         event.type == PERF_TYPE_RAW;
}

Error made(ErrorKind kind, std::string message, std::string hint = "") {
  return {.kind = kind, .message = std::move(message), .hint = std::move(hint)};
}

Error no_such_event(const Event& event, bool has_pmu) {
  if (counts_in_pmu(event) && !has_pmu) {
    return made(ErrorKind::unsupported,
                fmt::format("{} is not supported by this host: no PMU", event.name),
                "a virtual machine has one only when its host passes it through");
  }
  return made(ErrorKind::unsupported, fmt::format("{} is not supported by this {}", event.name,
                                                  counts_in_pmu(event) ? "CPU's PMU" : "kernel"));
}

// What says nothing about the event itself.
Error no_resources(std::string_view what, int errno_value) {
  const bool descriptors = errno_value == EMFILE || errno_value == ENFILE;
  return made(ErrorKind::failed,
              fmt::format("cannot open {}: {}", what, std::strerror(errno_value)),
              descriptors ? "raise the limit of open files: ulimit -n" : "");
}

}  // namespace

bool is_denial(int errno_value) { return errno_value == EACCES || errno_value == EPERM; }

bool is_clock(const Event& event) {
  return event.type == PERF_TYPE_SOFTWARE &&
         (event.config == PERF_COUNT_SW_TASK_CLOCK || event.config == PERF_COUNT_SW_CPU_CLOCK);
}

bool may_leave_kernel_out(const Event& event) {
  return !event.kernel_only && (counts_in_pmu(event) || is_clock(event));
}

Error refusal(const Event& event, int errno_value, bool has_pmu) {
  if (is_denial(errno_value)) {
    return made(ErrorKind::denied, fmt::format("{} may not be counted by this user", event.name),
                fmt::format("{}{}", permission,
                            event.rusage.empty() ? "" : "; until then getrusage's count is taken"));
  }
  switch (errno_value) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
      return no_such_event(event, has_pmu);
    case EINVAL:
      return made(ErrorKind::unsupported,
                  fmt::format("{}: the kernel does not know this event for tasks", event.name));
    default:
      return no_resources(event.name, errno_value);
  }
}

Error refusal_of_task(pid_t task, int errno_value) {
  if (is_denial(errno_value)) {
    return made(ErrorKind::denied,
                fmt::format("nothing may be counted in process {} by this user", task),
                fmt::format("{}; or start a program that this user may read and that is not setuid",
                            permission));
  }
  if (errno_value == ESRCH) {
    return made(ErrorKind::failed, fmt::format("there is no process {}", task));
  }
  if (errno_value == ENOSYS) {
    return made(ErrorKind::unsupported, "this kernel is built without perf events");
  }
  return no_resources(fmt::format("counters for process {}", task), errno_value);
}

Error refusal_of_foreign(const Event& event) {
  return made(ErrorKind::unsupported,
              fmt::format("{} is not supported by this host: its CPU has no PMU {}", event.name,
                          event.absent_pmu),
              fmt::format("to ask for that code all the same: r{:x}", event.config));
}

}  // namespace bytepath::counters
