#include "chunks/list_uses.h"

namespace bytepath::chunks {

Result<mounts::Touches> uses_for(bool whole_files, const mounts::MountTrace& trace,
                                 const mounts::ReadChoice& choice, std::string_view name) {
  if (whole_files || !choice.mount.empty()) return touches_of(trace, choice, name);
  BYTEPATH_TRY(reads, reads_of(trace, choice, false, name));
  return mounts::Touches{.touches = touches_of(reads, mounts::FileTable(trace)),
                         .device = reads.requests.front()->device,
                         .by_requests = true,
                         .impossible = reads.impossible};
}

}  // namespace bytepath::chunks
