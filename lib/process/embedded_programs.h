#pragma once
#include <span>

#include "base/descriptor.h"
#include "base/result.h"

// Small static programs that travel inside our own, so that there is no second file to install, to
// find or to mix up with one of another version.
namespace bytepath::process {

std::span<const char> spawn_helper_image();   // spawn_helper.c
std::span<const char> empty_program_image();  // empty_program.c
std::span<const char> page_toucher_image();   // page_toucher.c

// A descriptor that execveat(2) can run: a memfd, or where the system forbids to run those
// (vm.memfd_noexec), a file without a name in the folder for temporary files. Error: neither works
// here.
Result<Descriptor> executable(std::span<const char> image, const char* name);

}  // namespace bytepath::process
