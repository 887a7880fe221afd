#include "faults/fault_class.h"

namespace bytepath::faults {

std::string_view name(FaultClass fault_class) {
  static constexpr std::array<std::string_view, fault_class_count> names = {
      "cache-hit",    "readahead-hit", "readahead-wait", "disk-read",
      "fuse-request", "other-wait",    "minor",          "major"};
  return names[static_cast<std::size_t>(fault_class)];
}

FaultClass classify(const bytepath_fault& fault, bool knows_causes, PageBefore page) {
  if (fault.fuse_requests > 0) return FaultClass::fuse_request;
  if (fault.pages_added > 0) return FaultClass::disk_read;
  if (!knows_causes && fault.major != 0) return FaultClass::major;
  if (fault.switches > 0) {
    return page == PageBefore::came_during_run ? FaultClass::readahead_wait
                                               : FaultClass::other_wait;
  }
  switch (page) {
    case PageBefore::came_during_run:
      return FaultClass::readahead_hit;
    case PageBefore::cached_before_run:
      return FaultClass::cache_hit;
    case PageBefore::unknown:
      break;
  }
  return knows_causes ? FaultClass::cache_hit : FaultClass::minor;
}

}  // namespace bytepath::faults
