#pragma once
#include <string>

#include "base/result.h"

// libbpf is loaded at its first use, so that a host which traces nothing needs none of it: include
// its own headers and call its functions, those that loaded/forward.cpp lists (else the program
// does not link). Without the library they fail with ENOSYS, null or false. The programs of the
// tarball have it in themselves (linked/).
namespace bytepath::libbpf {

// Unsupported, with the package to install, when it is not on this host. Ask before the first call
// whose failure a user will read.
Result<> available();

// Of the library that is used, as "v1.1"; empty without one.
std::string version();

}  // namespace bytepath::libbpf
