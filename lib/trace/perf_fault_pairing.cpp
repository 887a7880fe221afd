#include "trace/perf_fault_pairing.h"

#include <algorithm>

namespace bytepath::trace {

void FaultPairing::pair_until(std::uint64_t time_ns, std::vector<bytepath_fault>& to) {
  std::ranges::stable_sort(steps_, {}, &FaultStep::time_ns);
  const auto later = std::ranges::upper_bound(steps_, time_ns, {}, &FaultStep::time_ns);
  for (auto step = steps_.begin(); step != later; ++step) {
    switch (step->kind) {
      case FaultStep::Kind::begin:
        begin(*step);
        break;
      case FaultStep::Kind::minor_end:
      case FaultStep::Kind::major_end:
        end(*step, to);
        break;
      case FaultStep::Kind::slept:
        if (const auto open = open_.find(step->thread); open != open_.end())
          ++open->second.switches;
        break;
    }
  }
  steps_.erase(steps_.begin(), later);
}

void FaultPairing::begin(const FaultStep& step) {
  const bool first = open_.insert_or_assign(step.thread, OpenFault{.begin = step}).second;
  if (!first) ++unresolved_;
}

void FaultPairing::end(const FaultStep& step, std::vector<bytepath_fault>& to) {
  const auto found = open_.find(step.thread);
  if (found == open_.end() || found->second.begin.address != step.address) {
    ++unpaired_;
    return;
  }
  const auto& [begin, switches] = found->second;
  to.push_back({.kind = bytepath_event_fault,
                .major = step.kind == FaultStep::Kind::major_end,
                .from_kernel = begin.from_kernel,
                .process = begin.process,
                .thread = begin.thread,
                .time_ns = begin.time_ns,
                .duration_ns = step.time_ns - begin.time_ns,
                .address = begin.address,
                .instruction = begin.instruction,
                .switches = switches});
  open_.erase(found);
}

void FaultPairing::finish() {
  unresolved_ += open_.size();
  open_.clear();
}

}  // namespace bytepath::trace
