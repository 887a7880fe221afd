#pragma once
#include <string>

namespace bytepath::trace {

// A part of a tracer that is not there, and what the report lacks without it.
struct MissingPart {
  std::string what;
  std::string reason;
  std::string remedy;
};

}  // namespace bytepath::trace
