#pragma once
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::host {

// A folder that is somebody's root: a container's, an unpacked image's. Names in it are resolved as
// a process inside would, absolute links included, and never lead out of it: the kernel does that
// (openat2 with RESOLVE_IN_ROOT, Linux 5.6).
class RootFolder {
 public:
  static Result<RootFolder> open(const std::string& path);

  // A regular file for reading. path is absolute inside the root.
  Result<Descriptor> open_file(const std::string& path) const;
  bool has_file(const std::string& path) const { return open_file(path).has_value(); }

 private:
  Descriptor folder_;
  std::string name_;
};

}  // namespace bytepath::host
