#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mounts/byte_ranges.h"
#include "mounts/file_table.h"
#include "mounts/mount_trace.h"

// What was read of a mount, chosen out of a trace: by requests to the daemon of a FUSE mount, or by
// accesses through the page cache of any.
namespace bytepath::mounts {

inline constexpr std::uint32_t read_opcode = 15;  // FUSE_READ of linux/fuse.h

struct ReadChoice {
  std::string mount;      // its path or its depth; empty: the one that was read
  bool everyone = false;  // not only what the target read
};

struct Reads {
  std::vector<const Request*> requests;  // of the trace, by the time they were sent
  std::uint64_t others = 0;              // of somebody else, left out
  std::uint64_t impossible = 0;          // beyond the end of any file, left out
};

// Requests to read. Where no mount is named: of the only one that got such requests, or, with
// `several`, of all of them. `name` is the trace's, for the error (usage): there are none, or the
// mount has to be named.
Result<Reads> reads_of(const MountTrace& trace, const ReadChoice& choice, bool several,
                       std::string_view name);

// Nanoseconds; 0 where `then` was before.
inline std::uint64_t time_since(std::uint64_t then, std::uint64_t begin_ns) {
  return then > begin_ns ? then - begin_ns : 0;
}

// The bytes that the answer brought.
ByteRange range_of(const Request& request);

// A part of a file that was used.
struct Touch {
  FileId file;
  ByteRange range;
  std::uint64_t time_ns = 0;
  bool waited = false;  // a request of its own: to the daemon, or for pages that were not there
};

struct Touches {
  std::vector<Touch> touches;  // by time
  std::uint64_t device = 0;
  bool by_requests = false;
  std::uint64_t impossible = 0;
};

// What requests brought, in their order.
std::vector<Touch> touches_of(const Reads& reads, const FileTable& files);

// What the target used of the files of a mount; where none is named, of the application's own. Of a
// FUSE mount that got requests to read these are they, else the pages that were accessed. Errors
// (usage): as for reads_of().
Result<Touches> touches_of(const MountTrace& trace, const ReadChoice& choice,
                           std::string_view name);

}  // namespace bytepath::mounts
