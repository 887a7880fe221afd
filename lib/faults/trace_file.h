#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "faults/fault_ledger.h"
#include "trace/fault_tracer.h"

namespace bytepath::faults {

// Writes what a tracer sees as a trace that ui.perfetto.dev and chrome://tracing open: the JSON of
// the Trace Event Format, a slice for each fault and call on the thread that waited. Passes
// everything on to the ledger, which knows files and classes.
class TraceFile final : public trace::FaultSink {
 public:
  static constexpr std::uint64_t max_events = 2'000'000;  // about 400 MB; what follows is counted

  // Writes beside `path`, which appears when finish() succeeds. The ledger outlives this.
  static Result<std::unique_ptr<TraceFile>> create(const std::string& path, FaultLedger& ledger);
  ~TraceFile() override;

  void fault(const bytepath_fault& fault, const trace::Mapping* mapping) override;
  void pages_added(const bytepath_pages_added& added) override;
  void call(const bytepath_call& call, const trace::Mapping* mapping) override;
  void mapping_changed(const trace::MappingChange& change) override;

  std::uint64_t left_out() const { return left_out_; }
  Result<> finish();

 private:
  struct Output;
  TraceFile(std::unique_ptr<Output> output, FaultLedger& ledger);
  bool has_room();

  std::unique_ptr<Output> output_;
  FaultLedger& ledger_;
  std::uint64_t events_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace bytepath::faults
