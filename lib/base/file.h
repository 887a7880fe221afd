#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bytepath {

// The whole file. Refuses a folder and anything above max_bytes; works on /proc and pipes, whose
// size is not known before.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = 64U << 20);

// The file without trailing white space, or fallback when it cannot be read. For /proc and /sys
// files that may be absent without this being an error.
std::string read_line_or(const std::string& path, std::string_view fallback);

// Writes a temporary file beside the target and renames it, so that a reader never sees half a
// report and a failure leaves the old file as it was. A target that is not a regular file
// (/dev/stdout, a pipe) is written in place.
Result<> write_file(const std::string& path, std::string_view content);

// Can write_file() write it? Asked before long work, so that a mistyped folder costs no run.
Result<> check_writable(const std::string& path);

// Adds to the end of a file, which is made when there is none.
Result<> append_file(const std::string& path, std::string_view content);

// Writes all of it to an open descriptor, going on after short writes and EINTR.
Result<> write_all(int fd, std::string_view content, std::string_view name);

}  // namespace bytepath
