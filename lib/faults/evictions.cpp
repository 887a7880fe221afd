#include "faults/evictions.h"

#include <fcntl.h>

#include "pages/page_cache.h"

namespace bytepath::faults {
namespace {

std::uint64_t evicted(const WatchedFile& file) {
  const Descriptor opened(open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) return 0;
  const auto reading = pages::cache_state(opened, 0, pages::pages_of(file.size));
  return reading && reading->exact ? reading->state.evicted : 0;
}

}  // namespace

Evictions::Evictions(const WatchedFiles& watched) : watched_(watched) {
  for (const auto& file : watched.files()) before_.push_back(evicted(file));
}

std::uint64_t Evictions::pages_of(std::size_t index) const {
  if (index >= before_.size()) return 0;
  const std::uint64_t now = evicted(watched_.files()[index]);
  return now > before_[index] ? now - before_[index] : 0;
}

}  // namespace bytepath::faults
