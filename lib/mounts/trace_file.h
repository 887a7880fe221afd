#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/atomic_file.h"
#include "base/result.h"
#include "mounts/mount_trace.h"

// The file of `chunk-probe record`, described in bytepath-result(5): blocks, each with a checksum,
// so that of a file that was cut off or damaged the rest can still be read.
//
//   "BPMOUNT\n"  u32 version  u32 0
//   block...     u32 kind  u32 records  u64 bytes  u64 XXH3-64 of kind, records and content
//                content
//
// Numbers are little-endian. A block holds an array of one structure of mount_trace.h, or JSON:
// first the header, last the end, which has what is known only then.
namespace bytepath::mounts {

inline constexpr std::string_view trace_magic = "BPMOUNT\n";
inline constexpr std::uint32_t trace_version = 1;

// Writes beside `path` block by block, so that memory stays bounded; the file appears with finish()
// or keep().
class TraceWriter {
 public:
  // Of `trace` is written what is known before: version, started, levels, command, mounts, missing.
  static Result<TraceWriter> create(const std::string& path, const MountTrace& trace);

  // Takes the records out of `trace` once there are many. Error: the disk is full.
  Result<> add(MountTrace& trace);
  // The rest, and what is known at the end.
  Result<> finish(MountTrace& trace);
  // After an error: the file as far as it was written. A reader finds that its end is missing.
  Result<> keep();

  std::uint64_t bytes() const { return bytes_; }

 private:
  TraceWriter(AtomicFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  Result<> write_block(std::uint32_t kind, std::uint32_t records, std::string_view content);
  Result<> write_records(MountTrace& trace, std::size_t at_least);

  AtomicFile file_;
  std::string path_;
  std::uint64_t bytes_ = 0;
};

// The whole content as one text; for tests and what was imported.
std::string to_bytes(MountTrace trace);

// Errors (usage): not such a file, a newer version, or nothing of it can be read. Damage behind the
// header is no error: see MountTrace::whole and damaged_blocks.
Result<MountTrace> trace_from_bytes(std::string_view bytes, std::string_view name);
Result<MountTrace> read_trace(const std::string& path);

}  // namespace bytepath::mounts
