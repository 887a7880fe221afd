#include <linux/perf_event.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "trace/bpf_session.h"
#include "trace/event_merge.h"
#include "trace/fault_ends.h"
#include "trace/fault_programs.h"
#include "trace/fault_record.h"
#include "trace/fault_tracer.h"
#include "trace/mapping_recorder.h"
#include "trace/ring_reader.h"

namespace bytepath::trace {
namespace {

class BpfFaultTracer final : public FaultTracer {
 public:
  explicit BpfFaultTracer(RingReader ring) : ring_(std::move(ring)) {}

  Result<> start(const TracerOptions& options);

  const char* name() const override { return "bpf"; }
  bool classifies() const override { return true; }

  void drain(FaultSink& sink, bool last) override {
    ring_.drain([this](std::span<const std::byte> record) {
      if (!add_record(record, merge_)) ++strange_;
    });
    mappings_->drain(merge_.changes());
    merge_.hand_over(sink, last);
  }

  TracerLosses losses() const override {
    const auto& counts = *skeleton_->bss;
    return {.faults = counts.lost_faults,
            .others = counts.lost_others + strange_ + ring_.damages(),
            .mappings = mappings_->lost(),
            .unpaired = counts.unpaired,
            .unresolved = counts.unresolved};
  }

 private:
  RingReader ring_;
  std::unique_ptr<MappingRecorder> mappings_;
  EventMerge merge_;
  Skeleton<fault_tracer_bpf> skeleton_;
  std::vector<Link> ends_;
  std::uint64_t strange_ = 0;
};

Result<> BpfFaultTracer::start(const TracerOptions& options) {
  BYTEPATH_TRY(skeleton, load_fault_programs(options, ring_.map(), missing_));
  skeleton_ = std::move(skeleton);
  const LibbpfLog log;
  const auto& programs = skeleton_->progs;
  if (auto minor =
          attach_fault_ends(programs.end_minor_fault, PERF_COUNT_SW_PAGE_FAULTS_MIN, ends_);
      !minor)
    return minor;
  if (auto major =
          attach_fault_ends(programs.end_major_fault, PERF_COUNT_SW_PAGE_FAULTS_MAJ, ends_);
      !major)
    return major;
  for (const auto& each : optional_programs(*skeleton_, options)) attach_optional(each, missing_);
  skeleton_->links.begin_user_fault = bpf_program__attach(programs.begin_user_fault);
  if (skeleton_->links.begin_user_fault == nullptr)
    return fail(errno == ENOENT ? ErrorKind::unsupported : ErrorKind::failed,
                fmt::format("this kernel tells of no page faults (tracepoint page_fault_user): {}",
                            std::strerror(errno)),
                without_bpf);
  // Late, because munmap(2) is seen only from here on; before the first fault, whose mapping it
  // has.
  BYTEPATH_TRY(mappings, MappingRecorder::open(options.process));
  mappings_ = std::make_unique<MappingRecorder>(std::move(mappings));
  trace_root(*skeleton_);
  return {};
}

}  // namespace

Result<std::unique_ptr<FaultTracer>> trace_faults_by_bpf(const TracerOptions& options) {
  auto ring = RingReader::create(options.ring_bytes);
  if (!ring) return std::unexpected(explain(ring.error()));
  auto tracer = std::make_unique<BpfFaultTracer>(std::move(*ring));
  if (auto started = tracer->start(options); !started) return std::unexpected(started.error());
  return tracer;
}

}  // namespace bytepath::trace
