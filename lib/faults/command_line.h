#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "intercept/intercept.h"
#include "process/spawn.h"

namespace bytepath::faults {

// The words behind "--" as a command to run: found in PATH, with our environment, and as root with
// the rights of the user who called sudo.
struct CommandLine {
  std::vector<std::string> words;
  bool as_root = false;
  std::optional<process::Credentials> credentials;  // set by resolve()
  std::string path;

  // Error (usage): no command, or none that can be found.
  Result<> resolve();
  // The request for it; points into this.
  intercept::Request request() const;
  std::string text() const;
};

}  // namespace bytepath::faults
