#include <linux/perf_event.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "trace/access_programs.h"
#include "trace/descriptor_limit.h"
#include "trace/fault_ends.h"

namespace bytepath::trace {

struct ProcessAccessTracer::Parts {
  std::vector<MissingPart> missing;
  Skeleton<access_tracer_bpf> skeleton;
  std::vector<Link> ends;
};

ProcessAccessTracer::ProcessAccessTracer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ProcessAccessTracer::~ProcessAccessTracer() = default;

Result<std::unique_ptr<ProcessAccessTracer>> ProcessAccessTracer::start(
    const ProcessAccessOptions& options) {
  allow_all_descriptors();
  auto parts = std::make_unique<Parts>();
  BYTEPATH_TRY(skeleton, attach_access_programs({.root = options.process,
                                                 .own = false,
                                                 .without_root = options.without_itself,
                                                 .daemons = true},
                                                parts->missing));
  parts->skeleton = std::move(skeleton);
  auto& programs = parts->skeleton->progs;
  {
    const LibbpfLog log;
    if (auto minor =
            attach_fault_ends(programs.end_minor_fault, PERF_COUNT_SW_PAGE_FAULTS_MIN, parts->ends);
        !minor)
      return std::unexpected(minor.error());
    if (auto major =
            attach_fault_ends(programs.end_major_fault, PERF_COUNT_SW_PAGE_FAULTS_MAJ, parts->ends);
        !major)
      return std::unexpected(major.error());
  }
  // Last: until now the programs looked away.
  if (parts->skeleton->rodata->pid_namespace == 0)
    parts->skeleton->data->root_tgid = static_cast<std::uint32_t>(options.process);
  else
    parts->skeleton->bss->finding_root = 1;
  return std::unique_ptr<ProcessAccessTracer>(new ProcessAccessTracer(std::move(parts)));
}

TracedAccesses ProcessAccessTracer::read() const {
  const auto& counts = *parts_->skeleton->bss;
  TracedAccesses all{.tiers = {},
                     .minor_faults = counts.minor_faults,
                     .major_faults = counts.major_faults,
                     .other_reads = counts.other_reads,
                     .failed_reads = counts.failed_reads,
                     .ended_reads = counts.ended_reads,
                     .compat_reads = counts.compat_reads,
                     .unseen_calls = counts.unseen_calls,
                     .losses = losses_of(*parts_->skeleton)};
  for (std::size_t way = 0; way < bytepath_access_ways; ++way) {
    for (std::size_t tier = 0; tier < bytepath_tier_count; ++tier) {
      const std::size_t row = way * BYTEPATH_TIER_ROWS + tier;
      const auto* const first = std::begin(counts.times) + row * BYTEPATH_BUCKET_ROWS;
      const std::vector<std::uint64_t> times(first, first + BYTEPATH_BUCKET_ROWS);
      all.tiers.at(way).at(tier) = {.times = stats::Histogram::from(times),
                                    .sums = *(std::begin(counts.sums) + row)};
    }
  }
  return all;
}

const std::vector<MissingPart>& ProcessAccessTracer::missing() const { return parts_->missing; }

}  // namespace bytepath::trace
