#include "faults/pending_events.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace bytepath::faults {

bool is_of(const PendingEvents::Reading& reading, const bytepath_pages_added& added) {
  return added.in_fault != 0 && added.thread == reading.thread &&
         added.time_ns >= reading.begin_ns && added.time_ns <= reading.end_ns &&
         reading.page >= added.first_page && reading.page - added.first_page < added.pages;
}

bool PendingEvents::has_room() {
  if (count_ < most) {
    ++count_;
    return true;
  }
  ++left_out_;
  return false;
}

void PendingEvents::add(const trace::FileId& file, const bytepath_pages_added& added) {
  if (has_room()) files_[file].pages.push_back(added);
}

void PendingEvents::add(const trace::FileId& file, const bytepath_call& call) {
  if (has_room()) files_[file].calls.push_back(call);
}

PendingEvents::OfFile PendingEvents::take(const trace::FileId& file) {
  const auto at = files_.find(file);
  if (at == files_.end()) return {};
  OfFile taken = std::move(at->second);
  files_.erase(at);
  count_ -= taken.pages.size() + taken.calls.size();
  return taken;
}

std::optional<trace::FileId> PendingEvents::file_of(const Reading& reading) const {
  for (const auto& [file, events] : files_) {
    // In the order of time but for what one drain tells late: the newest are at the end.
    const auto newest_first = events.pages | std::views::reverse;
    if (std::ranges::any_of(newest_first,
                            [&](const auto& added) { return is_of(reading, added); })) {
      return file;
    }
  }
  return std::nullopt;
}

}  // namespace bytepath::faults
