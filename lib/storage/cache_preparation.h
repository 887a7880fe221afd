#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "pages/file_mapping.h"
#include "storage/target_file.h"

// Brings the page cache of the part of a file that is read into a known state.
namespace bytepath::storage {

enum class CacheStart { cold, mixed, warm };

const char* cache_start_name(CacheStart start);

struct PreparedCache {
  // Holds what was read: a host that takes unmapped pages away (DAMON) leaves mapped ones alone.
  std::optional<pages::FileMapping> holder;
  std::optional<double> resident;  // 0 to 1 of the part; none: the kernel does not tell
  bool interrupted = false;        // before all was read that was to be
};

// cold: takes the part out (POSIX_FADV_DONTNEED), of no other file. warm: reads all of it. mixed:
// takes it out and reads about half of it, in pieces of 64 KiB that the seed chooses. Errors: the
// file cannot be read.
Result<PreparedCache> prepare_cache(const TargetFile& target, CacheStart start, std::uint64_t seed,
                                    const Progress& progress);

// Of the whole host, what is clean of it (/proc/sys/vm/drop_caches). Error (denied).
Result<> drop_all_caches();

}  // namespace bytepath::storage
