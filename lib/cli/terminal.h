#pragma once
#include <string_view>

#include "report/report.h"

namespace bytepath::cli {

// Descriptors 0 to 2 that the caller closed are opened on /dev/null the wrong way round, so that no
// file opened later takes their place and writing to them still fails with EBADF.
void guard_standard_descriptors();

// What standard output can show. `color` is auto, always or never; auto honours NO_COLOR and TERM.
report::Target standard_output(std::string_view color, bool verbose);

// One line "program: message" and, when there is a way out, "hint: ..." on standard error.
void print_error(std::string_view program, const Error& error);

}  // namespace bytepath::cli
