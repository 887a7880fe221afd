#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compare/suite.h"

// A regression that would fail the gate is measured once more in a session of its own: an unlucky
// layout of memory or a busy hour seldom comes twice.
namespace bytepath::compare {

// run-probe's arguments for the same measurement with another seed, its JSON to `path` and nothing
// printed. Error (unsupported): the suite is not one that run-probe measured in pairs.
Result<std::vector<std::string>> remeasure_arguments(const Suite& suite, std::uint64_t seed,
                                                     const std::string& path);

// Who waits for it.
struct Watch {
  std::function<void(std::string_view)> announce;  // the command line, before it runs
  std::function<bool()> interrupted;               // true ends the measuring; asked every 200 ms
};

// Measures it, in the folder where it was measured, with the run-probe beside our own program or
// else in PATH. Errors: unsupported, as above, or another machine by its fingerprint, or none;
// failed: run-probe did, with its own last line, or was interrupted.
Result<Suite> remeasure(const Suite& suite, std::uint64_t seed, const result::Host& here,
                        const Watch& watch = {});

}  // namespace bytepath::compare
