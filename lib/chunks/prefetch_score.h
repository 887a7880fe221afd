#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mounts/prefetch_list.h"
#include "mounts/reads.h"

// What a list of prefetches would have been worth to a start that was recorded.
namespace bytepath::chunks {

// Bytes of one file, each counted once.
struct FileScore {
  std::string path;
  std::uint64_t used = 0;    // by the start
  std::uint64_t listed = 0;  // by the list
  std::uint64_t ready = 0;   // both
  std::uint64_t requests = 0;
  std::uint64_t ready_requests = 0;  // all of whose bytes are listed
  std::uint64_t missing() const { return used - ready; }
  std::uint64_t wasted() const { return listed - ready; }
};

// After so many bytes of the list, of those that the start used so many are there.
struct ListProgress {
  std::uint64_t fetched = 0;
  std::uint64_t ready = 0;
};

struct PrefetchScore {
  FileScore all;                 // path is empty; unknown paths of a known length are in listed
  std::vector<FileScore> files;  // that were used or listed, by path
  std::vector<ListProgress> progress;  // after each entry that brings something
  // How much of the list has to be fetched until half, and 90 %, of what the start used is there;
  // nothing where the list does not get there.
  std::optional<std::uint64_t> for_half;
  std::optional<std::uint64_t> for_most;
  std::vector<std::string> unknown_paths;  // the first few that the trace has not, as in the list
  std::uint64_t unknown = 0;               // how many there are
  std::uint64_t unsized = 0;               // of them, whole files: how much they waste is not known
  std::uint64_t guessed_sizes = 0;  // whole files that count up to their last byte that was used
};

// An entry whose path is a folder stands for all files below it that the trace has. Error (usage):
// the
// list is about the only file of a mount, and not one was used.
Result<PrefetchScore> score_list(const mounts::PrefetchList& list, const mounts::Touches& uses,
                                 const mounts::MountTrace& trace);

}  // namespace bytepath::chunks
