#pragma once
#include <map>
#include <string>
#include <string_view>

#include "mounts/mount_trace.h"

namespace bytepath::mounts {

// The files of a trace by their number. The trace has to stay.
class FileTable {
 public:
  explicit FileTable(const MountTrace& trace);

  // null: not known. Of a request whose inode is not known the daemon's number finds it.
  const File* find(FileId id) const;
  const File* find(const Request& request) const;
  // What tells the file of a request from others of its mount, known or not.
  FileId id_of(const Request& request) const;
  // Empty: not known.
  std::string_view path_of(FileId id) const;

 private:
  std::map<FileId, const File*> by_id_;
  std::map<FileId, const File*> by_node_;  // the daemon's number in place of the inode
};

}  // namespace bytepath::mounts
