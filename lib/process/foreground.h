#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/progress.h"
#include "base/result.h"
#include "process/spawn.h"

// Running what is traced as its user would, and waiting for what runs already.
namespace bytepath::process {

struct ForegroundCommand {
  std::vector<std::string> words;
  const Credentials* credentials = nullptr;  // whose rights it gets instead of ours
  bool quiet = false;                        // its standard streams go nowhere
};

// With our standard streams, environment and process group. path: of the program, by
// find_program(words[0]). Errors: as SpawnHelper::run.
Result<SpawnOutcome> run_in_foreground(const ForegroundCommand& command, const std::string& path,
                                       SpawnHelper& helper);

struct Attendance {
  double wall_ns = 0;
  bool asked_to_stop = false;  // by progress
};

// Until the process of the pidfd has ended (without one: never), the duration is over, or progress
// says so, which is asked five times a second.
Attendance attend(const Descriptor& process,
                  const std::optional<std::chrono::nanoseconds>& duration, const Progress& progress,
                  std::string_view what);

}  // namespace bytepath::process
