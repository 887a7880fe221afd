#include "trace/fault_record.h"

#include <cstdint>
#include <cstring>

namespace bytepath::trace {
namespace {

template <class Event>
bool add(std::span<const std::byte> record, EventMerge& to) {
  Event event;
  if (record.size() != sizeof event) return false;
  std::memcpy(&event, record.data(), sizeof event);
  to.add(event);
  return true;
}

}  // namespace

bool add_record(std::span<const std::byte> record, EventMerge& to) {
  std::uint16_t kind = 0;
  if (record.size() < sizeof kind) return false;
  std::memcpy(&kind, record.data(), sizeof kind);
  switch (kind) {
    case bytepath_event_fault:
      return add<bytepath_fault>(record, to);
    case bytepath_event_pages_added:
      return add<bytepath_pages_added>(record, to);
    case bytepath_event_call:
      return add<bytepath_call>(record, to);
    default:
      return false;
  }
}

}  // namespace bytepath::trace
