#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/root.h"
#include "host/root_folder.h"
#include "trace/mapping_table.h"

namespace bytepath::symbols {

// Where the files of a process are looked for: in its own root, so that paths of a container are
// right, and in ours, which is all there is when it has ended.
struct FileTrees {
  std::optional<host::RootFolder> of_process;  // /proc/PID/root; needs the rights of ptrace(2)
  std::optional<host::RootFolder> of_host;

  static FileTrees of(const Root& root, std::uint32_t process);
};

// The very file that was mapped, or an error that says why there is none: by /proc/PID/map_files
// (also when its name is gone; needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE and the process), else
// by its path, where that is still the same file.
Result<Descriptor> open_mapped(const Root& root, const FileTrees& trees, std::uint32_t process,
                               const trace::Mapping& mapping);

}  // namespace bytepath::symbols
