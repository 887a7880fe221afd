#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "code/copy_walk.h"
#include "code/elf_file.h"
#include "host/process_maps.h"

namespace bytepath::host {

// The mappings of a process; an error that tells a vanished process, a kernel thread, a zombie and
// a refusal apart.
Result<std::vector<ProcessMapping>> read_process_maps(pid_t pid);

// /proc/PID/mem behind a cache of its pages: what a code walk reads comes from a few of them.
Result<code::ByteSource> process_memory(pid_t pid);

// The file behind a mapping, by /proc/PID/map_files (the very file, even when its name is gone;
// needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE), else by its name in the root of the process when
// that is still the same file.
Result<code::ElfFile> open_mapped_file(pid_t pid, const ProcessMapping& mapping);

// The load bias of a file that is mapped at several places; nothing when its first segment is not.
std::optional<std::uint64_t> load_bias(const code::ElfFile& file,
                                       const std::vector<ProcessMapping>& mappings,
                                       const ProcessMapping& any_of_file);

}  // namespace bytepath::host
