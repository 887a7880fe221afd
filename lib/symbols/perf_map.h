#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "symbols/function_table.h"

namespace bytepath::symbols {

// What a program says of the code that it made at run time: /tmp/perf-PID.map, in the form of
// tools/perf/Documentation/jit-interface.txt of Linux. Java, Node.js, .NET, Python 3.12 and others
// write one when they are told to.
class PerfMap {
 public:
  // Lines "START SIZE NAME", the numbers hexadecimal; what has not the form is left out. A later
  // line is right where it overlaps an earlier one: code is replaced.
  static PerfMap parse(std::string_view text);

  struct Found {
    std::string_view name;  // as long as this map lives
    std::uint64_t start = 0;
  };
  std::optional<Found> find(std::uint64_t address) const;

  std::size_t size() const { return pieces_.size(); }

 private:
  struct Piece {
    std::uint64_t end = 0;
    std::uint64_t start = 0;  // of the function, which this may be what is left of
    std::size_t name_at = 0;  // in names_
    std::size_t name_bytes = 0;
  };

  void put(AddressRange range, std::string_view name);

  std::map<std::uint64_t, Piece> pieces_;  // by where they begin; no two overlap
  std::string names_;
};

}  // namespace bytepath::symbols
