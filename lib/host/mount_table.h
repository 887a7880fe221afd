#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bytepath::host {

// A line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), its escapes undone but for `options`,
// where they keep the commas within values apart.
struct MountEntry {
  std::uint64_t device = 0;  // as stat(2) has it
  std::string root;          // which part of the file system is mounted: "/"
  std::string path;          // where
  std::string type;          // "fuse.lazyfs"
  std::string source;
  std::string options;  // of the file system: "rw,lowerdir=/a:/b"

  bool is_fuse() const { return type == "fuse" || type == "fuseblk" || type.starts_with("fuse."); }
  // The value of the first option of that name, its escapes undone; or empty.
  std::string option(std::string_view name) const;
};

// In the order of the text, in which what lies over another mount of the same path comes later.
// Lines that are none are left out.
std::vector<MountEntry> mounts_from_text(std::string_view mountinfo);

// The mount that a path lies on: absolute and without links. nullptr: none of them.
const MountEntry* mount_of_path(const std::vector<MountEntry>& mounts, std::string_view path);

}  // namespace bytepath::host
