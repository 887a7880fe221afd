#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/root.h"
#include "mounts/mount_trace.h"

namespace bytepath::mounts {

// A process that serves a FUSE mount: it has the mount's connection open.
struct FuseDaemon {
  std::uint32_t process = 0;
  std::string name;
  std::vector<Peer> peers;  // whom it has a TCP connection to
};

struct FuseDaemons {
  std::vector<FuseDaemon> daemons;  // of the mount
  std::uint64_t hidden = 0;         // processes whose descriptors this user may not see
};

// Of the mount with this device, by /proc/PID/fdinfo (Linux 6.0), whose connection has the device's
// minor number.
FuseDaemons daemons_of(std::uint64_t device, const Root& root);

// The remote ends of established connections, by the inode of their socket. `text` is
// /proc/PID/net/tcp or tcp6 (proc_pid_net(5)). Lines that are none are left out.
std::map<std::uint64_t, Peer> peers_from_text(std::string_view text);

}  // namespace bytepath::mounts
