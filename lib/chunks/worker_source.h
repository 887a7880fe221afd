#pragma once
#include <memory>
#include <string>

#include "base/progress.h"
#include "chunks/grid_parts.h"
#include "chunks/what_if_caches.h"
#include "chunks/worker_trace.h"

// Recorded starts as what caches are asked for.
namespace bytepath::chunks {

// Of one start the parts in the order of their first touch, as a worker's cache is asked for them:
// what a start needs again it finds in its own page cache.
std::vector<CachedChunk> first_touches(const GridParts& parts);

// All that the daemon was asked for, one start after the other, with repetitions.
RequestSource source_of_starts(std::span<const GridParts> starts);

// A composed trace. future: each request knows the next one for its object, at 4 bytes a request.
// Error (usage): it is to know the future and has 2^32 requests or more.
Result<RequestSource> source_of_worker(const std::shared_ptr<WorkerTrace>& worker, bool future);

// Writes a source as a trace of oracleGeneral. false: stopped, and there is no file.
Result<bool> write_source(const RequestSource& source, const std::string& path,
                          const Progress& progress);

}  // namespace bytepath::chunks
