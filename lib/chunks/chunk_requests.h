#pragma once
#include <cstdint>

#include "mounts/piecewise.h"
#include "mounts/reads.h"

namespace bytepath::chunks {

struct ChunkRequests {
  std::uint64_t requests = 0;
  std::uint64_t objects = 0;
};

// Requests to read as those for chunks of `chunk_bytes`, which a cache of chunks would get: records
// of oracle_general.h, one for each chunk that a request is about, in whole seconds since the
// trace's begin. An object is a chunk of a file; its number is a hash of device, inode and chunk,
// its size that of the chunk, less where the file ends in it. What brought no byte is left out.
// Error (usage): more than 2^25 records, which is a chunk size that is too small.
Result<ChunkRequests> write_chunk_requests(const mounts::Reads& reads,
                                           const mounts::FileTable& files, std::uint64_t begin_ns,
                                           std::uint64_t chunk_bytes, const mounts::Write& write);

}  // namespace bytepath::chunks
