#pragma once
#include "mounts/piecewise.h"
#include "mounts/reads.h"

namespace bytepath::mounts {

// The columns of the table of requests; the first line of the file names them. Times are
// nanoseconds, the first since the trace's begin. flags: "target", "background" and "direct",
// joined by "+". Texts are quoted where RFC 4180 asks for it.
inline constexpr std::string_view csv_columns =
    "time_ns,inode,path,offset,length,latency_ns,replied,error,device,node,process,thread,"
    "daemon_process,daemon_thread,flags";

Result<> write_csv(const Reads& reads, const FileTable& files, std::uint64_t begin_ns,
                   const Write& write);

}  // namespace bytepath::mounts
