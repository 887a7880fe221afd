#pragma once
#include <sstream>
#include <string>
#include <vector>

namespace bytepath::test {

// The paths of all built probes, from the bytepath_probe() lines of CMakeLists.txt.
inline std::vector<std::string> probe_paths() {
  std::vector<std::string> paths;
  std::istringstream list(BYTEPATH_PROBE_PATHS);
  for (std::string path; std::getline(list, path, ':');) paths.push_back(path);
  return paths;
}

inline std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The path of one probe by its name: probe_path("cpu-probe").
inline std::string probe_path(const std::string& name) {
  for (const auto& path : probe_paths()) {
    if (base_name(path) == name) return path;
  }
  return name;
}

}  // namespace bytepath::test
