#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "trace/fault_event.h"
#include "trace/mapping_table.h"

namespace bytepath::faults {

// Events of files that are not known yet. A file that a pattern fits is known once it gets mapped,
// and may have been read before. On overlayfs the page cache belongs to a file of the lower file
// system, with other numbers than the one that is mapped, and which one that is only a fault shows.
class PendingEvents {
 public:
  static constexpr std::size_t most = 262'144;  // some 16 MB; what follows is counted

  void add(const trace::FileId& file, const bytepath_pages_added& added);
  void add(const trace::FileId& file, const bytepath_call& call);

  struct OfFile {
    std::vector<bytepath_pages_added> pages;
    std::vector<bytepath_call> calls;
  };
  // Those of the file, which are no longer here then.
  OfFile take(const trace::FileId& file);

  // A fault that brought pages in.
  struct Reading {
    std::size_t file = 0;  // that was mapped
    std::uint32_t thread = 0;
    std::uint64_t page = 0;
    std::uint64_t begin_ns = 0;
    std::uint64_t end_ns = 0;
  };
  // The file whose page cache it filled: its thread brought pages of it in, and the very page came
  // in meanwhile. Threads that fault on one open file at once share its readahead window, so that
  // each may read what another asked for. Other pages that came may be the disk's own, which say
  // where the file lies on it.
  std::optional<trace::FileId> file_of(const Reading& reading) const;

  bool empty() const { return files_.empty(); }
  std::uint64_t left_out() const { return left_out_; }

 private:
  bool has_room();

  std::map<trace::FileId, OfFile> files_;
  std::size_t count_ = 0;
  std::uint64_t left_out_ = 0;
};

// Whether the pages came in while the fault lasted, by whatever thread's fault.
bool is_within(const PendingEvents::Reading& reading, const bytepath_pages_added& added);

}  // namespace bytepath::faults
