#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/root.h"

namespace bytepath::host {

// A folder of files for one test, removed after it.
class TemporaryRoot {
 public:
  TemporaryRoot() {
    std::string pattern = testing::TempDir() + "bytepath-root-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) root_.prefix = pattern;
  }
  TemporaryRoot(const TemporaryRoot&) = delete;
  TemporaryRoot& operator=(const TemporaryRoot&) = delete;
  ~TemporaryRoot() {
    std::error_code ignored;
    if (!root_.prefix.empty()) std::filesystem::remove_all(root_.prefix, ignored);
  }

  void write(std::string_view path, std::string_view content) {
    const std::filesystem::path file = root_.at(path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }

  const Root& root() const { return root_; }

 private:
  Root root_;
};

}  // namespace bytepath::host
