#pragma once
#include <string_view>

#include "base/result.h"
#include "mounts/reads.h"

namespace bytepath::chunks {

// What a list of prefetches is made of and judged by: for whole files what the target used of the
// application's mount, else what a FUSE mount was asked for; of a mount that is named, what was
// used of it. Errors (usage): as for mounts::reads_of().
Result<mounts::Touches> uses_for(bool whole_files, const mounts::MountTrace& trace,
                                 const mounts::ReadChoice& choice, std::string_view name);

}  // namespace bytepath::chunks
