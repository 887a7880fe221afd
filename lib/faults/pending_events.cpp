#include "faults/pending_events.h"

#include <utility>

namespace bytepath::faults {

bool is_within(const PendingEvents::Reading& reading, const bytepath_pages_added& added) {
  return added.in_fault != 0 && added.time_ns >= reading.begin_ns &&
         added.time_ns <= reading.end_ns;
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
    bool by_its_thread = false;
    bool has_the_page = false;
    for (const auto& added : events.pages) {
      if (!is_within(reading, added)) continue;
      by_its_thread |= added.thread == reading.thread;
      has_the_page |=
          reading.page >= added.first_page && reading.page - added.first_page < added.pages;
    }
    if (by_its_thread && has_the_page) return file;
  }
  return std::nullopt;
}

}  // namespace bytepath::faults
