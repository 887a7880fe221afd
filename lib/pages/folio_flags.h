#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "base/descriptor.h"
#include "base/result.h"
#include "pages/page_set.h"

namespace bytepath::pages {

// The folio that flags[index] is part of, given the entries of /proc/kpageflags around it:
// COMPOUND_HEAD, then COMPOUND_TAIL for each further frame (pagemap.rst). A single page is a run
// of 1.
PageRun folio_at(std::span<const std::uint64_t> flags, std::size_t index);

// /proc/kpageflags, read in few calls when it is asked for neighbouring frames.
class FolioFlags {
 public:
  // The largest folio of the page cache: as long as one entry of the page directory maps.
  static constexpr std::uint64_t max_folio_pages = 512;

  explicit FolioFlags(const Descriptor& kpageflags) : file_(kpageflags) {}

  // Pages in the folio that has this frame. A folio that the kernel moves or splits at this moment
  // may be told as a smaller one.
  Result<std::uint64_t> folio_pages(std::uint64_t frame);

 private:
  bool holds(std::uint64_t frame) const;
  // Reads the entries of the aligned group of `count` frames that frame is in.
  Result<> read_group(std::uint64_t frame, std::uint64_t count);

  const Descriptor& file_;
  std::array<std::uint64_t, max_folio_pages> flags_{};
  std::uint64_t first_ = 0;  // the frame of flags_[0]
  std::size_t count_ = 0;
  PageRun folio_;  // the one found last, in frames
};

}  // namespace bytepath::pages
