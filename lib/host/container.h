#pragma once
#include <string>

#include "base/root.h"

namespace bytepath::host {

// What this process is enclosed in: kind is "" (nothing seen), "docker", "podman", "lxc",
// "kubernetes", "systemd-nspawn", "chroot" or another word that the enclosing program wrote; how is
// the file that told.
struct Container {
  std::string kind;
  std::string how;
};

Container find_container(const Root& root);

}  // namespace bytepath::host
