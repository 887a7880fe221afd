#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "faults/watched_files.h"
#include "pages/page_file.h"
#include "result/document.h"

// Reports about model files alone, without a process.
namespace bytepath::faults {

// `fault-probe map`: the tensor table; with `touched` (of `fault-probe touch --pages`) also what
// was touched of each part.
result::Document map_document(const WatchedFiles& watched,
                              const std::vector<pages::FilePages>& touched);

// `fault-probe cache`: what of each part is in the page cache, what was evicted lately, in folios
// of which size. What this user may not ask is in not_measured. Error: nothing may be asked of any
// of the files.
Result<result::Document> cache_document(const WatchedFiles& watched);

}  // namespace bytepath::faults
