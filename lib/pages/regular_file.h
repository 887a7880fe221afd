#pragma once
#include <cstdint>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::pages {

// A file that is open for reading, as large as it was then.
struct RegularFile {
  Descriptor file;
  std::uint64_t bytes = 0;
};

// Error: it is not there or not readable; (usage) it is a folder, a pipe or a device.
Result<RegularFile> open_regular_file(const std::string& path);

// Does mincore(2) tell the truth about this file to this process? can_do_mincore() in mm/mincore.c
// answers owners, those with CAP_FOWNER and those who may write the file; to all others every page
// is told to be there.
bool residency_is_told(const Descriptor& file);

}  // namespace bytepath::pages
