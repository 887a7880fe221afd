#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "mounts/mount_trace.h"

// What a recorded start read of a mount that loads lazily: the READ requests to the deepest FUSE
// mount, which is where chunks are fetched. Times are nanoseconds since the recording's begin.
namespace bytepath::chunks {

struct StartFile {
  std::uint64_t name = 0;   // the same for the same file in another recording
  std::uint64_t bytes = 0;  // where its size is not known: as far as it was read
  bool size_known = false;
  std::uint32_t layer = 0;  // of which mount
  std::string path;         // empty: not known
};

struct StartRead {
  std::uint32_t file = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // above 0, and not beyond the end of the file
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;  // after the begin
  // Somebody waited for its answer: it was no readahead, or a stall ended with it. All are where no
  // stalls were recorded.
  bool waited = false;
};

struct StartReads {
  std::string trace;                       // the file
  std::vector<StartFile> files;            // of those mounts, read or not
  std::vector<std::uint64_t> layer_bytes;  // of each mount; 0: not known
  std::vector<StartRead> reads;            // by their begin
  std::uint64_t duration_ns = 0;           // of the recording
  std::uint64_t stall_ns = 0;              // in which a READ that was waited for was on its way
  std::uint64_t longest_stalled_thread_ns = 0;  // of the target's threads; 0: not recorded
  std::uint64_t read_bytes = 0;                 // asked for by all READs
  std::uint64_t unique_bytes = 0;               // of different bytes
};

// How long each READ took, in nanoseconds.
std::vector<double> read_latencies(const StartReads& start);

// Error (usage): there are no READs that were answered.
Result<StartReads> start_reads(const mounts::MountTrace& trace, const std::string& name);

}  // namespace bytepath::chunks
