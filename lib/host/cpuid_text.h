#pragma once
#include <string>

#include "host/cpuid_decode.h"

namespace bytepath::host {

// Everything in the facts as plain text, one fact a line, the same for the same facts: for people
// who compare processors, and for the golden files of the tests.
std::string to_text(const CpuFacts& facts);

}  // namespace bytepath::host
