#pragma once
#include "mounts/piecewise.h"
#include "mounts/reads.h"

namespace bytepath::mounts {

// What blkparse(1) would have printed, had each file been a block device of its own: the first that
// was read 0,1, the next 0,2. Each request is a line with action D when it was sent and one with C
// when it was answered, in sectors of 512 bytes; readahead is RA. What brought no byte is left out.
struct BlkparseDevices {
  std::vector<FileId> files;  // by their minor number, from 1 on
};

Result<BlkparseDevices> write_blkparse(const Reads& reads, const FileTable& files,
                                       std::uint64_t begin_ns, const Write& write);

}  // namespace bytepath::mounts
