#pragma once
#include <cstdint>
#include <string>
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

// Measures it, in the folder where it was measured, with the run-probe beside `program` (our own
// path) or else in PATH. Errors: unsupported, as above, or another machine by its fingerprint;
// failed: run-probe did.
Result<Suite> remeasure(const Suite& suite, std::uint64_t seed, const result::Host& here);

}  // namespace bytepath::compare
