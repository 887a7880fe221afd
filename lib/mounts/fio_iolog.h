#pragma once
#include "mounts/piecewise.h"
#include "mounts/reads.h"

namespace bytepath::mounts {

struct FioIolog {
  std::uint64_t reads = 0;
  std::uint64_t unnamed_reads = 0;  // of files whose path is not known or has blanks, left out
};

// An iolog of version 3 for `fio --read_iolog`: times in microseconds since the trace's begin
// (measured with fio 3.33), and files below `folder`, where they are mounted. What brought no byte
// is left out.
Result<FioIolog> write_fio(const Reads& reads, const FileTable& files, std::uint64_t begin_ns,
                           std::string_view folder, const Write& write);

}  // namespace bytepath::mounts
