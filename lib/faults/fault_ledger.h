#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "faults/fault_class.h"
#include "faults/file_record.h"
#include "faults/pending_events.h"
#include "faults/touch_curve.h"
#include "faults/watched_files.h"
#include "stats/histogram.h"
#include "trace/fault_tracer.h"

namespace bytepath::faults {

// One kind of system call on one file.
struct CallTotals {
  std::uint64_t count = 0;
  std::uint64_t ns = 0;
  std::uint64_t bytes = 0;
  std::uint64_t pages_read = 0;
};

// Of mmap and the advice calls the ledger keeps apart what matters for the cost: "mmap", "mmap
// populate", "madvise willneed", "fadvise sequential", "read", ...
std::string call_name(const bytepath_call& call);

// Keeps the account of a traced run: what came from a tracer, summed up by file, range and class.
// Its memory depends on the files and their tensors, not on the number of events.
class FaultLedger final : public trace::FaultSink {
 public:
  // knows_causes: FaultTracer::classifies(). `watched` outlives the ledger.
  FaultLedger(WatchedFiles& watched, bool knows_causes);

  void fault(const bytepath_fault& fault, const trace::Mapping* mapping) override;
  void pages_added(const bytepath_pages_added& added) override;
  void call(const bytepath_call& call, const trace::Mapping* mapping) override;
  void mapping_changed(const trace::MappingChange& change) override;

  // As WatchedFiles::files().
  const std::vector<FileRecord>& records() const { return records_; }
  // For what others than a tracer know of the file, such as its page table; index from
  // WatchedFiles.
  FileRecord& record(std::size_t index);
  // What was in the page cache before the run, of the files known by then.
  void set_cached_before(std::size_t index, pages::PageSet cached);

  // The pages that the program itself asked for: each a fault.
  const pages::PageSet& faulted(std::size_t index) const { return faulted_[index]; }
  // Events of files that were mapped late, which found no room to wait for it.
  std::uint64_t left_out() const { return watched_.may_grow() ? pending_.left_out() : 0; }

  // Of a fault or a call: the watched file, or WatchedFiles::none.
  std::size_t file_of(const bytepath_fault& fault, const trace::Mapping* mapping);
  std::size_t file_of(const bytepath_call& call, const trace::Mapping* mapping);
  FaultClass class_of(const bytepath_fault& fault, std::size_t file, std::uint64_t page) const;

  const std::array<stats::Histogram, fault_class_count>& latencies() const { return latencies_; }
  const TouchCurve& curve() const { return curve_; }
  const std::map<std::pair<std::size_t, std::string>, CallTotals>& calls() const { return calls_; }

  struct Others {
    std::uint64_t faults = 0;
    std::uint64_t ns = 0;
  };
  const Others& anonymous() const { return anonymous_; }      // no file: heap, stack
  const Others& other_files() const { return other_files_; }  // not watched
  const Others& unknown() const { return unknown_; }          // no mapping known there
  const Others& from_kernel() const { return from_kernel_; }  // of all the above and the watched
  std::uint64_t all_faults() const { return all_faults_; }
  // Of the thread that spent most time in faults of watched files.
  std::uint64_t longest_thread_ns() const;

 private:
  void grow();
  void watched_fault(std::size_t index, const bytepath_fault& fault, std::uint64_t page);
  void count_read(std::size_t index, const bytepath_pages_added& added);
  void count_call(std::size_t index, const bytepath_call& call);
  std::size_t find(const trace::Mapping& mapping, std::uint32_t process);
  void learn_numbers(const PendingEvents::Reading& reading);
  void catch_up(const trace::FileId& file, std::size_t index);

  WatchedFiles& watched_;
  bool knows_causes_;
  std::vector<FileRecord> records_;
  std::vector<pages::PageSet> faulted_;
  std::vector<std::optional<pages::PageSet>> cached_before_;
  std::array<stats::Histogram, fault_class_count> latencies_;
  TouchCurve curve_;
  std::map<std::pair<std::size_t, std::string>, CallTotals> calls_;
  struct Thread {
    std::uint64_t fault_ns = 0;
    // The last fault that brought pages in: it may be told before them or, when it lasted longer
    // than a drain, after them.
    PendingEvents::Reading reading;
  };
  std::unordered_map<std::uint32_t, Thread> threads_;
  PendingEvents pending_;
  Others anonymous_;
  Others other_files_;
  Others unknown_;
  Others from_kernel_;
  std::uint64_t all_faults_ = 0;
};

}  // namespace bytepath::faults
