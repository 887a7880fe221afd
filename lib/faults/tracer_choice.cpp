#include "faults/tracer_choice.h"

namespace bytepath::faults {

Result<TracerChoice> open_tracer(Backend backend, const trace::TracerOptions& options) {
  TracerChoice choice;
  if (backend != Backend::perf) {
    auto bpf = trace::trace_faults_by_bpf(options);
    if (bpf) {
      choice.tracer = *std::move(bpf);
    } else if (backend == Backend::bpf) {
      return std::unexpected(bpf.error());
    } else {
      choice.missing.push_back({.what = "faults by BPF",
                                .reason = bpf.error().message + "; perf events are used",
                                .remedy = bpf.error().hint});
    }
  }
  if (!choice.tracer) {
    auto perf = trace::trace_faults_by_perf(options);
    if (!perf) return std::unexpected(perf.error());
    choice.tracer = *std::move(perf);
  }
  for (auto part : choice.tracer->missing()) {
    // Who asked for perf may have the rights for more.
    if (backend == Backend::perf) part.remedy = "--backend bpf, with CAP_BPF and CAP_PERFMON";
    choice.missing.push_back(std::move(part));
  }
  return choice;
}

}  // namespace bytepath::faults
