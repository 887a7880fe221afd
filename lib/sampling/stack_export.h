#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sampling/hot_code.h"

// A profile in the forms that other people's viewers read.
namespace bytepath::sampling {

// The stacks of one command.
struct NamedProfile {
  std::string name;
  std::vector<NamedStack> stacks;
};

// A line a stack, the outermost frame first: "main;copy;memcpy 17" (flamegraph.pl, inferno,
// samply). With more than one profile each begins with its name as outermost frame.
std::string folded_stacks(const std::vector<NamedProfile>& profiles);

// https://www.speedscope.app/file-format-schema.json: a sampled profile each, in seconds.
std::string speedscope(const std::vector<NamedProfile>& profiles, std::string_view exporter);

// profile.proto of google/pprof as gzip, with samples and nanoseconds; the command as label.
std::string pprof(const std::vector<NamedProfile>& profiles);

}  // namespace bytepath::sampling
