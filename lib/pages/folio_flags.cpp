#include "pages/folio_flags.h"

#include <unistd.h>

#include <cerrno>

namespace bytepath::pages {
namespace {

// KPF_COMPOUND_HEAD and KPF_COMPOUND_TAIL of linux/kernel-page-flags.h.
constexpr std::uint64_t compound_head = 1U << 15;
constexpr std::uint64_t compound_tail = 1U << 16;

// Read around a frame whose folio is not known yet: a single page needs no more than its own.
constexpr std::uint64_t small_group = 16;

bool is_tail(std::uint64_t flags) { return (flags & compound_tail) != 0; }
bool is_compound(std::uint64_t flags) { return (flags & (compound_head | compound_tail)) != 0; }

}  // namespace

PageRun folio_at(std::span<const std::uint64_t> flags, std::size_t index) {
  if (!is_compound(flags[index])) return {.first = index, .count = 1};
  std::size_t head = index;
  while (head > 0 && is_tail(flags[head])) --head;
  std::size_t end = index + 1;
  while (end < flags.size() && is_tail(flags[end])) ++end;
  return {.first = head, .count = end - head};
}

bool FolioFlags::holds(std::uint64_t frame) const {
  return frame >= first_ && frame - first_ < count_;
}

Result<> FolioFlags::read_group(std::uint64_t frame, std::uint64_t count) {
  constexpr std::uint64_t entry_bytes = sizeof(std::uint64_t);
  first_ = frame / count * count;
  count_ = 0;
  const auto offset = static_cast<off_t>(first_ * entry_bytes);
  const ssize_t got = ::pread(file_.get(), flags_.data(), count * entry_bytes, offset);
  if (got < 0) return fail_errno(errno, "cannot read /proc/kpageflags");
  count_ = static_cast<std::size_t>(got) / entry_bytes;  // fewer where the memory ends
  if (!holds(frame)) return fail_errno(EIO, "cannot read /proc/kpageflags");
  return {};
}

Result<std::uint64_t> FolioFlags::folio_pages(std::uint64_t frame) {
  if (frame >= folio_.first && frame - folio_.first < folio_.count) return folio_.count;
  if (!holds(frame)) {
    if (auto read = read_group(frame, small_group); !read)
      return std::unexpected(std::move(read).error());
  }
  // A folio lies at a multiple of its size among the frames too, so the largest group holds it all.
  if (is_compound(flags_[frame - first_]) && count_ <= small_group) {
    if (auto read = read_group(frame, max_folio_pages); !read)
      return std::unexpected(std::move(read).error());
  }
  folio_ = folio_at(std::span(flags_.data(), count_), frame - first_);
  folio_.first += first_;
  return folio_.count;
}

}  // namespace bytepath::pages
