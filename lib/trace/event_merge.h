#pragma once
#include <cstdint>
#include <variant>
#include <vector>

#include "trace/fault_tracer.h"

namespace bytepath::trace {

// Brings events and changes of mappings, which come through different rings, into one order of
// time, and finds each event's mapping. Whoever drains reads the event rings first and the mapping
// rings after them: an event that was seen has its mapping's record already in a ring.
class EventMerge {
 public:
  void add(const bytepath_fault& fault) { faults_.push_back(fault); }
  void add(const bytepath_pages_added& added) { added_.push_back(added); }
  void add(const bytepath_call& call) { calls_.push_back(call); }
  // To be filled by MappingRecorder::drain().
  std::vector<MappingChange>& changes() { return changes_; }
  MappingTable& table() { return table_; }

  // Hands all events over, with device numbers as stat(2) has them instead of the kernel's, and of
  // the changes those that are not later than the last event; all of them with `last`. In the order
  // of their beginnings, but mmap(2) calls by their ends, because their mapping's record lies
  // within them. munmap(2) and mremap(2), of which there is no record, change the table at their
  // beginnings: while they run, another thread may already have mapped something else at the
  // address that they gave up. Their change is handed over after munmap and before mremap, so that
  // each call comes with the mapping it was about.
  void hand_over(FaultSink& sink, bool last);

 private:
  struct Entry {
    std::uint64_t time_ns = 0;
    std::variant<const bytepath_fault*, const bytepath_pages_added*, const bytepath_call*> event;
  };
  void change(FaultSink& sink, const MappingChange& change);
  void hand(FaultSink& sink, const bytepath_fault& fault);
  void hand(FaultSink& sink, const bytepath_pages_added& added);
  void hand(FaultSink& sink, const bytepath_call& call);
  void move(FaultSink& sink, const bytepath_call& call);

  std::vector<bytepath_fault> faults_;
  std::vector<bytepath_pages_added> added_;
  std::vector<bytepath_call> calls_;
  std::vector<Entry> order_;
  std::vector<MappingChange> changes_;
  MappingTable table_;
};

}  // namespace bytepath::trace
