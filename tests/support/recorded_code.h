#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "code/copy_walk.h"

namespace bytepath::tests {

inline std::vector<std::uint8_t> bytes_of_hex(const std::string& hex) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

// Memory with some bytes in it: recorded code, and variables put beside it.
class RecordedCode {
 public:
  std::uint64_t entry = 0;

  // tests/data/code/NAME.code: lines "entry ADDRESS" and "code ADDRESS HEX".
  static RecordedCode load(const std::string& name) {
    const std::string path = std::string(BYTEPATH_TEST_DATA) + "/code/" + name + ".code";
    std::ifstream file(path);
    EXPECT_TRUE(file.good()) << path;
    RecordedCode code;
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream words(line);
      std::string kind;
      std::string address;
      std::string hex;
      words >> kind >> address >> hex;
      if (kind == "entry") code.entry = std::stoull(address, nullptr, 16);
      if (kind == "code") code.put(std::stoull(address, nullptr, 16), bytes_of_hex(hex));
    }
    return code;
  }

  static RecordedCode assembled(std::uint64_t entry, const std::string& hex) {
    RecordedCode code;
    code.entry = entry;
    code.put(entry, bytes_of_hex(hex));
    return code;
  }

  void put(std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
    for (const std::uint8_t byte : bytes) bytes_[address++] = byte;
  }

  void put_variable(std::uint64_t address, std::uint64_t value, std::size_t size = 8) {
    for (std::size_t i = 0; i < size; ++i, value >>= 8U)
      bytes_[address + i] = static_cast<std::uint8_t>(value);
  }

  code::ByteSource source() const {
    return [this](std::uint64_t address, std::span<std::uint8_t> bytes) {
      for (std::uint8_t& byte : bytes) {
        const auto found = bytes_.find(address++);
        if (found == bytes_.end()) return false;
        byte = found->second;
      }
      return true;
    };
  }

 private:
  std::map<std::uint64_t, std::uint8_t> bytes_;
};

}  // namespace bytepath::tests
