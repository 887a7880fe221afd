#include <unistd.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "trace/event_merge.h"
#include "trace/fault_tracer.h"
#include "trace/mapping_recorder.h"
#include "trace/perf_events.h"
#include "trace/perf_fault_pairing.h"
#include "trace/perf_fault_record.h"

namespace bytepath::trace {
namespace {

constexpr std::size_t small_ring_bytes = std::size_t{512} << 10;
// A record has its time before other CPUs can see it in the ring: half a microsecond, but more when
// a hypervisor stops the CPU in between.
constexpr std::uint64_t in_flight_ns = 1'000'000;

const std::string more_rights = "run as root, or give CAP_BPF and CAP_PERFMON";

class PerfFaultTracer : public FaultTracer {
 public:
  PerfFaultTracer(MappingRecorder recorder, PerfEvents events, std::vector<MissingPart> missing,
                  bool user_only)
      : recorder_(std::move(recorder)), events_(std::move(events)) {
    missing_ = std::move(missing);
    user_only_ = user_only;
  }

  const char* name() const override { return "perf"; }
  bool classifies() const override { return false; }
  void drain(FaultSink& sink, bool last) override;
  TracerLosses losses() const override {
    return {.faults = events_.lost(),
            .mappings = recorder_.lost(),
            .unpaired = pairing_.unpaired(),
            .unresolved = pairing_.unresolved()};
  }

 private:
  MappingRecorder recorder_;
  PerfEvents events_;
  FaultPairing pairing_;
  EventMerge merge_;
  std::vector<bytepath_fault> faults_;
};

void PerfFaultTracer::drain(FaultSink& sink, bool last) {
  const std::uint64_t until =
      last ? std::numeric_limits<std::uint64_t>::max() : monotonic_ns() - in_flight_ns;
  events_.drain([this](const perf_event_header&, std::span<const std::byte> bytes) {
    auto record = parse_fault_record(bytes);
    if (!record) return;
    if (record->step.kind != FaultStep::Kind::slept) {
      const std::size_t kind = events_.kind_of(record->event_id);
      if (kind > static_cast<std::size_t>(FaultStep::Kind::major_end)) return;
      record->step.kind = static_cast<FaultStep::Kind>(kind);
    }
    pairing_.add(record->step);
  });
  faults_.clear();
  pairing_.pair_until(until, faults_);
  if (last) pairing_.finish();
  for (const bytepath_fault& fault : faults_) merge_.add(fault);
  recorder_.drain(merge_.changes());
  merge_.hand_over(sink, last);
}

std::size_t pages_of_each_ring(std::size_t all_bytes, std::size_t rings) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return std::bit_floor(
      std::max<std::size_t>(all_bytes / page / std::max<std::size_t>(rings, 1), 1));
}

std::vector<MissingPart> missing_parts(const TracerOptions& options, bool user_only,
                                       std::size_t ring_bytes) {
  const std::string reason = "perf events do not tell";
  std::vector<MissingPart> missing{
      {.what = "what faults waited for: disk reads, readahead, FUSE requests",
       .reason = reason,
       .remedy = more_rights}};
  if (options.page_cache)
    missing.push_back(
        {.what = "pages that came into the page cache", .reason = reason, .remedy = more_rights});
  if (options.calls)
    missing.push_back({.what = "the time of mmap, madvise, read and other calls, and what mremap "
                               "moved",
                       .reason = reason,
                       .remedy = more_rights});
  if (user_only)
    missing.push_back({.what = "page faults of system calls that touch the program's memory",
                       .reason = "this user may not trace the kernel",
                       .remedy = "sysctl kernel.perf_event_paranoid=1, or CAP_PERFMON"});
  if (ring_bytes < small_ring_bytes)
    missing.push_back(
        {.what = fmt::format("bursts of page faults: a ring holds only {} KiB", ring_bytes >> 10),
         .reason = "this user may lock no more memory",
         .remedy = "raise kernel.perf_event_mlock_kb or ulimit -l"});
  return missing;
}

}  // namespace

Result<std::unique_ptr<FaultTracer>> trace_faults_by_perf(const TracerOptions& options) {
  // First, because its rings are small and the others take what this user may still lock.
  BYTEPATH_TRY(recorder, MappingRecorder::open(options.process));
  const std::size_t pages = pages_of_each_ring(options.ring_bytes, online_cpus().size());
  bool user_only = false;
  auto events = PerfEvents::open(options.process, fault_events(user_only), pages);
  if (!events && events.error().kind == ErrorKind::denied) {
    user_only = true;
    events = PerfEvents::open(options.process, fault_events(user_only), pages);
  }
  if (!events) return std::unexpected(std::move(events).error());
  auto missing = missing_parts(options, user_only, events->ring_bytes());
  return std::make_unique<PerfFaultTracer>(std::move(recorder), std::move(*events),
                                           std::move(missing), user_only);
}

}  // namespace bytepath::trace
