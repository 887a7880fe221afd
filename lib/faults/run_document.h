#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "faults/fault_ledger.h"
#include "result/document.h"
#include "trace/fault_tracer.h"

namespace bytepath::faults {

// What is known of a traced run besides the ledger.
struct RunFacts {
  std::string subject;  // the command line, or "process 1234"
  std::string backend;  // "bpf", "perf"
  bool knows_causes = false;
  double wall_ns = 0;
  // Of getrusage(2), of the command and the children it waited for; nothing for an attached
  // process.
  std::optional<std::uint64_t> rusage_faults;
  std::optional<std::uint64_t> max_rss_bytes;
  std::optional<int> exit_code;
  trace::TracerLosses losses;
  std::vector<trace::MissingPart> missing;
  bool interrupted = false;
  bool mapped_is_bound = true;  // no page can have been touched that is not among the mapped ones
  bool all_files =
      false;  // nobody chose any: of those that were mapped the faulting ones are shown
};

// `fault-probe run` as a document: tables "files", "classes", "calls", "elsewhere" and those of the
// model's parts; series "latency" and "faulted_by_time"; heat maps "strip"; metrics by file and by
// class. All names are in bytepath-result(5).
result::Document run_document(const FaultLedger& ledger, const RunFacts& facts);

}  // namespace bytepath::faults
