#include "trace/fault_ends.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "trace/cpu_events.h"

namespace bytepath::trace {
namespace {

int open_software_event(std::uint64_t config, int cpu) {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.size = sizeof attributes;
  attributes.config = config;
  attributes.sample_period = 1;
  attributes.sample_type = PERF_SAMPLE_ADDR;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

std::unexpected<Error> refused(int error, const char* what, int cpu) {
  if (error == EMFILE)
    return fail(ErrorKind::unsupported,
                fmt::format("{} of CPU {}: this process may open no more files", what, cpu),
                "a larger hard limit: ulimit -Hn");
  return fail_errno(error, "{} of CPU {}", what, cpu);
}

}  // namespace

Result<> attach_fault_ends(const bpf_program* program, std::uint64_t config,
                           std::vector<Link>& links) {
  const int cpus = libbpf_num_possible_cpus();
  bool opened = false;
  for (int cpu = 0; cpu < cpus; ++cpu) {
    const int event = open_software_event(config, cpu);
    if (event < 0 && cpu_is_not_there(errno, opened)) continue;
    if (event < 0) return refused(errno, "cannot count the page faults", cpu);
    Link link(bpf_program__attach_perf_event(program, event));  // the event is the link's then
    if (!link) {
      const int why = errno;
      ::close(event);
      return refused(why, "cannot attach to the page faults", cpu);
    }
    links.push_back(std::move(link));
    opened = true;
  }
  return {};
}

}  // namespace bytepath::trace
