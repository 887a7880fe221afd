#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "host/cpuid_dump.h"

namespace bytepath::host {

// The names of the dumps in tests/data/cpuid, without folder and suffix.
inline std::vector<std::string> saved_dump_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(BYTEPATH_TEST_DATA "/cpuid")) {
    if (entry.path().extension() == ".cpuid") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

inline std::string saved_dump_path(const std::string& name) {
  return BYTEPATH_TEST_DATA "/cpuid/" + name + ".cpuid";
}

inline Result<CpuidDump> saved_dump(const std::string& name) {
  const std::string path = saved_dump_path(name);
  BYTEPATH_TRY(text, read_file(path));
  return parse_dump(text, path);
}

// A dump's name in the alphabet of GoogleTest.
inline std::string test_name(const testing::TestParamInfo<std::string>& dump) {
  std::string name = dump.param;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace bytepath::host
