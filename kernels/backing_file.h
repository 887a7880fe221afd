#pragma once
#include <string>

#include "base/descriptor.h"
#include "kernels/bounds.h"
#include "kernels/kernel.h"

namespace bytepath::kernels {

// A file nobody else sees, gone with its descriptor: in memory (memfd_create), or an unlinked
// temporary file in the directory.
Result<Descriptor> make_file(const std::string& directory);

// The state of every kernel that copies from or to files. A file holds the image of one half of the
// arena: the byte at address a is at offset a - base of that half.
struct Files {
  Bounds bounds;
  Descriptor source;       // absent when the kernel reads memory
  Descriptor destination;  // absent when it writes memory
};

enum class Ends { source, destination, both };

// Makes the files and fills them from the arena.
Result<Files> make_files(const Arena& arena, Ends ends);

// Kernel::write_in and Kernel::read_back of these kernels.
int write_in_file(void* state, const void* address, std::size_t size);
int read_back_file(void* state, void* out, const void* destination, std::size_t size);

}  // namespace bytepath::kernels
