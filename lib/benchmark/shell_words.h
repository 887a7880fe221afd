#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bytepath::benchmark {

// Splits a command line into words as a POSIX shell does, quotes and backslashes taken away, but
// with nothing expanded or redirected (POSIX.1-2017, Shell Command Language, 2.2): for commands
// that are run without a shell. Comments ('#' at the start of a word) run to the end of the line.
// Error (failed): a quote that is not closed ("missing closing quote").
Result<std::vector<std::string>> split_words(std::string_view line);

// The reverse: each word quoted where it must be.
std::string join_words(std::span<const std::string> words);

}  // namespace bytepath::benchmark
