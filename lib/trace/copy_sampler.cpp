#include "trace/copy_sampler.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "copy_samples.skel.h"
#include "trace/copy_tree.h"
#include "trace/cpu_events.h"
#include "trace/descriptor_limit.h"
#include "trace/fault_ends.h"

namespace bytepath::trace {
namespace {

int open_clock(unsigned rate, int cpu) {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.size = sizeof attributes;
  attributes.config = PERF_COUNT_SW_CPU_CLOCK;
  attributes.freq = 1;
  attributes.sample_freq = rate;
  attributes.exclude_idle = 1;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

std::unexpected<Error> refused(int errno_value, unsigned rate, int cpu) {
  if (errno_value == EMFILE)
    return fail(
        ErrorKind::unsupported,
        fmt::format("cannot sample the clock of CPU {}: this process may open no more files", cpu),
        "a larger hard limit: ulimit -Hn");
  if (errno_value == EINVAL)
    return fail(ErrorKind::usage, fmt::format("the kernel does not sample {} times a second", rate),
                "a lower --rate, or a higher sysctl kernel.perf_event_max_sample_rate");
  return fail_errno(errno_value, "cannot sample the clock of CPU {}", cpu);
}

// A link a CPU.
Result<> attach_clocks(const bpf_program* program, unsigned rate, std::vector<Link>& links) {
  const int cpus = libbpf_num_possible_cpus();
  for (int cpu = 0; cpu < cpus; ++cpu) {
    const int event = open_clock(rate, cpu);
    if (event < 0 && cpu_is_not_there(errno, !links.empty())) continue;
    if (event < 0) return refused(errno, rate, cpu);
    Link link(bpf_program__attach_perf_event(program, event));  // the event is the link's then
    if (!link) {
      const int why = errno;
      ::close(event);
      return refused(why, rate, cpu);
    }
    links.push_back(std::move(link));
  }
  return {};
}

}  // namespace

struct CopySampler::Parts {
  Skeleton<copy_samples_bpf> skeleton;
  std::vector<Link> clocks;
};

CopySampler::CopySampler(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CopySampler::~CopySampler() = default;

Result<std::unique_ptr<CopySampler>> CopySampler::start(const TracedTree& tree, unsigned rate) {
  allow_all_descriptors();
  auto parts = std::make_unique<Parts>();
  BYTEPATH_TRY(skeleton, load_for<copy_samples_bpf>("copy_samples", tree));
  parts->skeleton = std::move(skeleton);
  {
    const LibbpfLog log;
    if (auto attached = attach_clocks(parts->skeleton->progs.sample_copy, rate, parts->clocks);
        !attached)
      return std::unexpected(attached.error());
  }
  if (tree.process != 0) begin_tree(*parts->skeleton, tree);
  return std::unique_ptr<CopySampler>(new CopySampler(std::move(parts)));
}

void CopySampler::stop() { parts_->clocks.clear(); }

CopySamples CopySampler::read() const {
  const auto& maps = parts_->skeleton->maps;
  const auto& counts = *parts_->skeleton->bss;
  CopySamples all{.samples = counts.all_samples,
                  .unread = counts.unread,
                  .dropped_programs = counts.dropped_programs + counts.lost_processes,
                  .dropped_copies = counts.dropped_copies,
                  .dropped_places = counts.dropped_places};
  read_map<bytepath_program, bytepath_program_samples>(
      maps.programs, 1, [&](const auto& program, const auto& samples) {
        all.programs.push_back({.program = program, .samples = samples.front()});
      });
  read_map<bytepath_copy, bytepath_copy_samples>(
      maps.copies, 1, [&](const auto& copy, const auto& samples) {
        all.copies.push_back({.copy = copy, .samples = samples.front()});
      });
  read_map<bytepath_place_key, bytepath_place>(
      maps.places, 1, [&](const auto& key, const auto& place) {
        all.places.push_back({.key = key, .place = place.front()});
      });
  return all;
}

}  // namespace bytepath::trace
