#include "faults/page_recorder.h"

#include <unistd.h>

#include <algorithm>

namespace bytepath::faults {

PageRecorder::Seen* PageRecorder::seen(const intercept::MappedFile& file) {
  const std::size_t index = watched_.find({.device = file.device, .inode = file.inode}, file.path,
                                          static_cast<std::uint32_t>(getpid()));
  if (index == WatchedFiles::none) return nullptr;
  const auto [at, is_new] = seen_.try_emplace(index);
  if (is_new) at->second.pages = pages::PageSet(pages::pages_of(watched_.files()[index].size));
  return &at->second;
}

bool PageRecorder::wanted(const intercept::MappedFile& file) { return seen(file) != nullptr; }

void PageRecorder::mapped(const intercept::MappedFile& file, pid_t, std::uint64_t, std::uint64_t,
                          const Result<>& applied) {
  if (Seen* at = seen(file)) {
    ++at->mappings;
    if (pages::pages_of(file.size) > at->pages.size()) {
      add_flaw(file.path, "it has grown since it was opened, and what is beyond is not counted");
    }
  }
  if (!applied) add_flaw(file.path, applied.error().message);
}

void PageRecorder::pages(const intercept::MappedFile& file, std::uint64_t first_page,
                         std::uint64_t count) {
  if (Seen* at = seen(file)) at->pages.insert(first_page, count);
}

void PageRecorder::lost(const intercept::MappedFile& file, pid_t, const std::string& why) {
  add_flaw(file.path, why);
}

void PageRecorder::add_flaw(const std::string& file, const std::string& why) {
  const auto known = std::ranges::find_if(
      flaws_, [&](const Flaw& flaw) { return flaw.file == file && flaw.why == why; });
  if (known != flaws_.end()) {
    ++known->count;
  } else {
    flaws_.push_back({.file = file, .why = why, .count = 1});
  }
}

const pages::PageSet* PageRecorder::pages_of(std::size_t index) const {
  const auto at = seen_.find(index);
  return at == seen_.end() ? nullptr : &at->second.pages;
}

std::uint64_t PageRecorder::mappings_of(std::size_t index) const {
  const auto at = seen_.find(index);
  return at == seen_.end() ? 0 : at->second.mappings;
}

}  // namespace bytepath::faults
