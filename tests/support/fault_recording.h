#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/standing_child.h"
#include "trace/fault_tracer.h"

namespace bytepath::test {

// Keeps all that a tracer hands over.
struct Recording final : trace::FaultSink {
  struct Fault {
    bytepath_fault event{};
    bool mapped = false;
    trace::Mapping mapping;
    std::uint64_t offset() const { return event.address - mapping.start + mapping.file_offset; }
  };
  struct Call {
    bytepath_call event{};
    trace::Mapping mapping;
  };

  void fault(const bytepath_fault& fault, const trace::Mapping* mapping) override {
    faults.push_back({fault, mapping != nullptr, mapping != nullptr ? *mapping : trace::Mapping{}});
  }
  void pages_added(const bytepath_pages_added& page) override { added.push_back(page); }
  void call(const bytepath_call& call, const trace::Mapping* mapping) override {
    calls.push_back({call, mapping != nullptr ? *mapping : trace::Mapping{}});
  }
  void mapping_changed(const trace::MappingChange&) override {}

  std::vector<Fault> in_file(std::uint64_t inode) const {
    std::vector<Fault> out;
    for (const auto& each : faults)
      if (each.mapped && each.mapping.file.inode == inode) out.push_back(each);
    return out;
  }
  std::uint64_t pages_added_to(const trace::FileId& file) const {
    std::uint64_t pages = 0;
    for (const auto& each : added)
      if (each.inode == file.inode && each.device == file.device) pages += each.pages;
    return pages;
  }

  std::vector<Fault> faults;
  std::vector<bytepath_pages_added> added;
  std::vector<Call> calls;
};

struct TracedRun {
  std::unique_ptr<Recording> seen = std::make_unique<Recording>();
  trace::TracerLosses losses;
  pid_t process = 0;
  std::uint64_t kernel_count = 0;  // of the faults from when the child stood still to its end
  bool ended_well = false;
};

// Traces a child that does `work` by BPF; options.process is not looked at. Without draining
// meanwhile, what the ring does not hold is lost. An error where a part is missing, but for FUSE.
inline Result<TracedRun> trace_child(const std::function<void()>& work,
                                     trace::TracerOptions options = {},
                                     bool drain_meanwhile = true) {
  TracedRun run;
  StandingChild child(work);
  options.process = run.process = child.pid();
  const std::uint64_t before = child.faults_so_far();
  BYTEPATH_TRY(tracer, trace::trace_faults_by_bpf(options));
  for (const auto& each : tracer->missing())
    if (!each.what.contains("FUSE"))
      return fail(ErrorKind::unsupported, each.what + " is missing: " + each.reason, each.remedy);
  child.let_go();
  while (!child.ended()) {
    if (drain_meanwhile) tracer->drain(*run.seen, false);
    ::usleep(1000);
  }
  tracer->drain(*run.seen, true);
  run.losses = tracer->losses();
  run.kernel_count = child.all_faults() - before;
  run.ended_well = child.ended_well();
  return run;
}

}  // namespace bytepath::test

// Goes on only where the kernel let us trace: `run` is a Result.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define BYTEPATH_SKIP_IF_REFUSED(run)                                           \
  if (!(run) && (run).error().kind != ErrorKind::failed)                        \
    GTEST_SKIP() << (run).error().message << " (" << (run).error().hint << ")"; \
  ASSERT_TRUE(run) << (run).error().message
