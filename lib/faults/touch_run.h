#pragma once
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "faults/command_line.h"
#include "faults/file_record.h"
#include "faults/touch_document.h"
#include "faults/watched_files.h"

namespace bytepath::faults {

struct TouchRun {
  std::vector<FileRecord> records;  // files that were mapped
  TouchFacts facts;
};

// Runs the command so that exactly the pages it touches get mapped (Policy::exact).
// quiet_command: its output goes nowhere.
Result<TouchRun> touch_command(WatchedFiles watched, const CommandLine& command, bool quiet_command,
                               const Progress& progress);

}  // namespace bytepath::faults
