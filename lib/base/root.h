#pragma once
#include <string>
#include <string_view>

namespace bytepath {

// Where the file system that is examined begins: "" for this host, the folder of a container's
// root, or a folder of saved files in a test.
struct Root {
  std::string prefix;

  // path is absolute: "/proc/cpuinfo".
  std::string at(std::string_view path) const { return prefix + std::string(path); }
};

}  // namespace bytepath
