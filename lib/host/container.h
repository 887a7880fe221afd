#pragma once
#include <string>

#include "base/root.h"

namespace bytepath::host {

// What this process is enclosed in. kind is "" (nothing seen), "docker", "podman", "lxc",
// "kubernetes", "systemd-nspawn", "chroot" or another word that the enclosing program wrote; how is
// the file that told.
struct Container {
  std::string kind;
  std::string how;
  // Process 2 is the kernel's own, so the processes seen are those of the whole host: a container
  // with --pid=host, or a virtual machine made from a container image, which keeps the marks.
  bool sees_host_processes = false;
};

Container find_container(const Root& root);

}  // namespace bytepath::host
