#include "mounts/line_feed.h"

#include <algorithm>

namespace bytepath::mounts {

void LineFeed::add(std::string_view piece) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    const std::size_t room = longest_line - line_.size();
    line_ += part.substr(0, room);
    cut_ = cut_ || part.size() > room;
    begun_ = true;
    if (end == std::string_view::npos) return;
    end_line();
    piece.remove_prefix(end + 1);
  }
}

void LineFeed::finish() {
  if (begun_) end_line();
}

void LineFeed::end_line() {
  if (line_.ends_with('\r')) line_.pop_back();
  take_(line_, cut_);
  line_.clear();
  begun_ = cut_ = false;
}

}  // namespace bytepath::mounts
