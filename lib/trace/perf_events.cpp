#include "trace/perf_events.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/process_error.h"
#include "base/text.h"
#include "trace/cpu_events.h"

namespace bytepath::trace {
namespace {

std::unexpected<Error> refused(int errno_value, pid_t thread, const std::string& what) {
  switch (errno_value) {
    case EPERM:
    case EACCES:
      return fail(ErrorKind::denied,
                  fmt::format("{} of process {} may not be traced by this user", what, thread),
                  "an ordinary user may trace own programs that are not setuid, with sysctl "
                  "kernel.perf_event_paranoid=2 or lower");
    case ENOSYS:
      return fail(ErrorKind::unsupported, "this kernel is built without perf events");
    case EINVAL:
    case ENOENT:
    case EOPNOTSUPP:
      return fail(ErrorKind::unsupported, fmt::format("this kernel cannot trace {}", what));
    case EMFILE:
    case ENFILE:
      return fail(ErrorKind::failed,
                  fmt::format("cannot trace {} of process {}: {}", what, thread,
                              std::strerror(errno_value)),
                  "each thread needs open files for each CPU: raise the limit with ulimit -n");
    default:
      return fail_errno(errno_value, "cannot trace {} of process {}", what, thread);
  }
}

Error not_traced(pid_t process) {
  return {.kind = ErrorKind::failed,
          .message = fmt::format("process {} has ended, or its threads cannot be read", process)};
}

// perf_event_open(2) with read_format LOST where the kernel has it.
int open_event(perf_event_attr attributes, pid_t thread, int cpu) {
  constexpr int no_group = -1;
  attributes.size = sizeof attributes;
  attributes.disabled = 1;
  attributes.inherit = 1;
  long fd = -1;
  for (const bool counts_lost : {true, false}) {
    attributes.read_format = counts_lost ? PERF_FORMAT_LOST : 0;
    fd = ::syscall(SYS_perf_event_open, &attributes, thread, cpu, no_group, PERF_FLAG_FD_CLOEXEC);
    if (fd >= 0 || errno != EINVAL) break;
  }
  return static_cast<int>(fd);
}

// What the kernel counted as lost; 0 where it does not count.
std::uint64_t lost_by(const Descriptor& event) {
  std::array<std::uint64_t, 2> value_and_lost{};
  const ssize_t got = ::read(event.get(), value_and_lost.data(), sizeof value_and_lost);
  return got == static_cast<ssize_t>(sizeof value_and_lost) ? value_and_lost[1] : 0;
}

}  // namespace

Result<std::vector<pid_t>> threads_of(pid_t process) {
  std::vector<pid_t> threads;
  std::error_code error;
  std::filesystem::directory_iterator each(fmt::format("/proc/{}/task", process), error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    const auto thread = parse_unsigned(each->path().filename().string());
    if (thread) threads.push_back(static_cast<pid_t>(*thread));
  }
  if (threads.empty()) return process_error(process, not_traced(process));
  return threads;
}

std::vector<int> online_cpus() {
  // "0-3,8" (Documentation/admin-guide/cputopology.rst)
  constexpr std::uint64_t most = 1U << 16;
  std::vector<int> cpus;
  const std::string list = read_line_or("/sys/devices/system/cpu/online", "0");
  for (const std::string_view range : split(list, ',')) {
    const auto ends = split(range, '-');
    if (ends.empty()) continue;
    const auto first = parse_unsigned(ends.front());
    const auto last = parse_unsigned(ends.back());
    if (!first || !last || *last >= most) continue;
    for (std::uint64_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
  }
  return cpus;
}

std::uint64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

Result<PerfEvents> PerfEvents::open(pid_t process, std::span<const PerfEventKind> kinds,
                                    std::size_t data_pages) {
  BYTEPATH_TRY(threads, threads_of(process));
  PerfEvents all;
  all.kinds_ = kinds.size();
  for (const int cpu : online_cpus()) {
    if (auto opened = all.open_cpu(cpu, threads, kinds); !opened)
      return std::unexpected(std::move(opened).error());
  }
  if (all.events_.empty()) return process_error(process, not_traced(process));
  if (auto mapped = all.map_rings(data_pages); !mapped)
    return std::unexpected(std::move(mapped).error());
  if (auto enabled = all.redirect_and_enable(); !enabled)
    return std::unexpected(std::move(enabled).error());
  return all;
}

Result<> PerfEvents::open_cpu(int cpu, std::span<const pid_t> threads,
                              std::span<const PerfEventKind> kinds) {
  const std::size_t leader = events_.size();
  for (const pid_t thread : threads) {
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      const int fd = open_event(kinds[kind].attributes, thread, cpu);
      if (fd < 0 && errno == ESRCH) break;  // the thread has ended meanwhile
      if (fd < 0 && cpu_is_not_there(errno, !leaders_.empty())) return {};
      if (fd < 0) return refused(errno, thread, kinds[kind].what);
      events_.push_back({.descriptor = Descriptor(fd), .leader = leader});
      std::uint64_t id = 0;
      if (::ioctl(fd, PERF_EVENT_IOC_ID, &id) == 0) kind_of_id_[id] = kind;
    }
  }
  if (events_.size() > leader) leaders_.push_back(leader);
  return {};
}

Result<> PerfEvents::map_rings(std::size_t data_pages) {
  for (;; data_pages /= 2) {
    rings_.clear();
    for (const std::size_t leader : leaders_) {
      auto ring = PerfRing::map(events_[leader].descriptor, data_pages);
      if (!ring && data_pages <= 1) return std::unexpected(std::move(ring).error());
      if (!ring) break;
      rings_.push_back(std::move(*ring));
    }
    if (rings_.size() == leaders_.size()) break;
  }
  ring_bytes_ = data_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return {};
}

Result<> PerfEvents::redirect_and_enable() {
  for (const Event& event : events_) {
    const int leader = events_[event.leader].descriptor.get();
    const int own = event.descriptor.get();
    if (own != leader && ::ioctl(own, PERF_EVENT_IOC_SET_OUTPUT, leader) != 0)
      return fail_errno(errno, "cannot let perf events of one CPU share a ring");
  }
  for (const Event& event : events_) {
    if (::ioctl(event.descriptor.get(), PERF_EVENT_IOC_ENABLE, 0) != 0)
      return fail_errno(errno, "cannot enable a perf event");
  }
  return {};
}

void PerfEvents::drain(const PerfRing::Reader& read) {
  for (PerfRing& ring : rings_) ring.drain(read);
}

std::uint64_t PerfEvents::lost() const {
  std::uint64_t told = 0;
  for (const PerfRing& ring : rings_) told += ring.lost();
  std::uint64_t counted = 0;
  for (const Event& event : events_) counted += lost_by(event.descriptor);
  return std::max(told, counted);
}

std::size_t PerfEvents::kind_of(std::uint64_t id) const {
  const auto found = kind_of_id_.find(id);
  return found == kind_of_id_.end() ? kinds_ : found->second;
}

}  // namespace bytepath::trace
