#pragma once
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath {

// What the name of an output stands for.
struct OutputTarget {
  // A copy of a descriptor that is open already, where the name is one of /dev/stdout, /dev/stderr
  // and /dev/fd/N: opened anew it would begin at the start of what the shell opened for appending.
  Descriptor descriptor;
  std::string path;  // else, with links followed
};

// Error (denied): a link on the way is another user's. Who runs a probe as root must not be led by
// somebody who may write to the same folder to overwrite any other file.
Result<OutputTarget> output_target(const std::string& path);

// The error of an output that cannot be opened or written, with the way out that there is.
std::unexpected<Error> cannot_write(int errno_value, std::string_view path);

}  // namespace bytepath
