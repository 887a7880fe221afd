#include "trace/copy_counter.h"

#include <cerrno>
#include <utility>

#include "copy_exact.skel.h"
#include "trace/copy_tree.h"
#include "trace/fault_ends.h"

namespace bytepath::trace {
namespace {

constexpr unsigned when_taken_bit = 4;  // of the cookie, above the condition: copy_exact.bpf.c

Result<Link> attach(const bpf_program* program, pid_t process, const CopyProbePoint& point) {
  bpf_uprobe_opts options{};  // LIBBPF_OPTS is C that clang refuses in C++
  options.sz = sizeof options;
  options.bpf_cookie = point.condition | std::uint64_t{point.when_taken} << when_taken_bit;
  Link link(bpf_program__attach_uprobe_opts(program, process, point.path.c_str(), point.file_offset,
                                            &options));
  if (link) return link;
  const int why = errno;
  if (why == EACCES || why == EPERM)
    return fail(
        ErrorKind::denied,
        fmt::format("the kernel refused a uprobe on {}: {}", point.path, std::strerror(why)),
        "run as root, or give CAP_PERFMON and CAP_DAC_READ_SEARCH");
  return fail_errno(why, "cannot put a uprobe on {} at {:#x}", point.path, point.file_offset);
}

}  // namespace

struct CopyCounter::Parts {
  Skeleton<copy_exact_bpf> skeleton;
  std::vector<Link> probes;
};

CopyCounter::CopyCounter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CopyCounter::~CopyCounter() = default;

Result<std::unique_ptr<CopyCounter>> CopyCounter::start(const TracedTree& tree, bool only_itself,
                                                        const std::vector<CopyProbePoint>& points) {
  auto parts = std::make_unique<Parts>();
  BYTEPATH_TRY(skeleton, load_for<copy_exact_bpf>("copy_exact", tree));
  parts->skeleton = std::move(skeleton);
  const LibbpfLog log;
  for (const CopyProbePoint& point : points) {
    BYTEPATH_TRY(probe,
                 attach(parts->skeleton->progs.count_copy, only_itself ? tree.process : -1, point));
    parts->probes.push_back(std::move(probe));
  }
  if (tree.process != 0) begin_tree(*parts->skeleton, tree);
  return std::unique_ptr<CopyCounter>(new CopyCounter(std::move(parts)));
}

void CopyCounter::stop() { parts_->probes.clear(); }

ExactCopies CopyCounter::read() const {
  const auto& maps = parts_->skeleton->maps;
  const auto& counts = *parts_->skeleton->bss;
  ExactCopies all{.dropped_programs = counts.dropped_programs + counts.lost_processes,
                  .dropped_copies = counts.dropped_copies};
  read_map<bytepath_program, bytepath_program_samples>(
      maps.exact_programs, 1, [&](const auto& program, const auto& named) {
        all.programs.push_back({.program = program, .samples = named.front()});
      });
  const auto cpus = static_cast<std::size_t>(libbpf_num_possible_cpus());
  read_map<bytepath_exact_copy, bytepath_exact_count>(
      maps.exact, cpus, [&](const auto& copy, const auto& of_cpus) {
        bytepath_exact_count sum{};
        for (const auto& each : of_cpus) {
          sum.calls += each.calls;
          sum.bytes += each.bytes;
        }
        all.copies.push_back({.copy = copy, .count = sum});
      });
  return all;
}

}  // namespace bytepath::trace
