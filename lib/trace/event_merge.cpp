#include "trace/event_merge.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace bytepath::trace {
namespace {

// mmap(2)'s own mapping record comes within the call.
std::uint64_t place_of(const bytepath_call& call) {
  return call.call == bytepath_call_mmap ? call.time_ns + call.duration_ns : call.time_ns;
}

// A system call that failed returns -1 to -4095.
bool is_error(std::uint64_t returned) { return returned >= static_cast<std::uint64_t>(-4095); }

std::uint64_t up_to_pages(std::uint64_t length) {
  constexpr std::uint64_t page = 4096;
  return (length + page - 1) & ~(page - 1);
}

}  // namespace

void EventMerge::hand_over(FaultSink& sink, bool last) {
  order_.clear();
  for (const auto& each : faults_) order_.push_back({each.time_ns, &each});
  for (const auto& each : added_) order_.push_back({each.time_ns, &each});
  for (const auto& each : calls_) order_.push_back({place_of(each), &each});
  std::ranges::stable_sort(order_, {}, &Entry::time_ns);
  std::ranges::stable_sort(changes_, {}, &MappingChange::time_ns);

  std::size_t applied = 0;
  const auto apply_until = [&](std::uint64_t time_ns) {
    for (; applied < changes_.size() && changes_[applied].time_ns <= time_ns; ++applied)
      change(sink, changes_[applied]);
  };
  for (const Entry& entry : order_) {
    apply_until(entry.time_ns);
    std::visit([&](const auto* event) { hand(sink, *event); }, entry.event);
  }
  if (last) apply_until(std::numeric_limits<std::uint64_t>::max());
  changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(applied));
  faults_.clear();
  added_.clear();
  calls_.clear();
}

void EventMerge::change(FaultSink& sink, const MappingChange& change) {
  table_.apply(change);
  sink.mapping_changed(change);
}

void EventMerge::hand(FaultSink& sink, const bytepath_fault& fault) {
  sink.fault(fault, table_.find(fault.process, fault.address));
}

void EventMerge::hand(FaultSink& sink, const bytepath_pages_added& added) {
  bytepath_pages_added translated = added;
  translated.device = device_of_kernel(added.device);
  sink.pages_added(translated);
}

void EventMerge::hand(FaultSink& sink, const bytepath_call& call) {
  if (call.call == bytepath_call_mremap && !is_error(call.address)) move(sink, call);
  bytepath_call translated = call;
  translated.device = device_of_kernel(call.device);
  sink.call(translated, table_.find(call.process, call.address));
  if (call.call == bytepath_call_munmap)
    change(sink,
           {.kind = MappingChange::Kind::unmapped,
            .time_ns = call.time_ns,
            .process = call.process,
            .mapping = {.start = call.address, .end = call.address + up_to_pages(call.length)}});
}

void EventMerge::move(FaultSink& sink, const bytepath_call& call) {
  MappingChange moved{.kind = MappingChange::Kind::moved,
                      .time_ns = call.time_ns,
                      .process = call.process,
                      .old_start = call.argument,
                      .old_length = up_to_pages(call.old_length)};
  if (const Mapping* source = table_.find(call.process, call.argument)) {
    moved.mapping = *source;
    moved.mapping.file_offset += call.argument - source->start;
  }
  moved.mapping.start = call.address;
  moved.mapping.end = call.address + up_to_pages(call.length);
  change(sink, moved);
}

}  // namespace bytepath::trace
