#pragma once
#define FUSE_USE_VERSION 312  // NOLINT(readability-identifier-naming): theirs
#include <fuse_lowlevel.h>

#include "lazyfs/mount.h"

namespace bytepath::lazyfs {

// What the requests of a mount are answered from.
struct Mounted {
  const Tree& tree;
  Reader& reader;
  MountOptions options;
};

// The answers to the kernel's requests; the session's user data is a Mounted.
const fuse_lowlevel_ops& fuse_operations();

}  // namespace bytepath::lazyfs
