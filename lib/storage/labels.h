#pragma once
#include <sys/resource.h>

#include <cstdint>
#include <span>

#include "storage/target_file.h"
#include "trace/access_event.h"

// From evidence to the tier that served an access: pure functions. Where BPF programs saw it,
// trace/access_tier.h decides.
namespace bytepath::storage {

// bytepath_tier_...
using Tier = int;

// "page cache", as reports say it.
const char* tier_name(Tier tier);

// Did the page cache have all of it? What readahead had under way counts as there.
bool is_hit(Tier tier);

// What was not in the page cache came from where the file lies.
Tier tier_of_miss(Behind behind);

// An access within which the thread's usage changed so: it read blocks, took a major fault, or
// slept.
bool usage_tells_miss(const rusage& before, const rusage& after);

// The time (ns) that parts the fast from the slow ones best, by their logarithms (Otsu, "A
// Threshold Selection Method from Gray-Level Histograms", 1979): what is as slow or slower is taken
// for a miss. A guess, which is wrong where one tier is not much slower than the other. Times that
// are all alike have no such border: then it is above all of them.
double guess_border(std::span<const double> times);

}  // namespace bytepath::storage
