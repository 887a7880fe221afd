#include "mounts/file_table.h"

namespace bytepath::mounts {
namespace {

// A file that was seen twice keeps the record that has its path.
void keep_better(const File*& kept, const File& file) {
  if (kept == nullptr || kept->path.empty()) kept = &file;
}

const File* value_at(const std::map<FileId, const File*>& files, FileId id) {
  const auto found = files.find(id);
  return found == files.end() ? nullptr : found->second;
}

}  // namespace

FileTable::FileTable(const MountTrace& trace) {
  for (const File& file : trace.files) {
    keep_better(by_id_[file.id], file);
    if (file.node != 0) keep_better(by_node_[{.device = file.id.device, .inode = file.node}], file);
  }
}

const File* FileTable::find(FileId id) const { return value_at(by_id_, id); }

const File* FileTable::find(const Request& request) const {
  if (request.inode != 0) return find(FileId{.device = request.device, .inode = request.inode});
  return value_at(by_node_, {.device = request.device, .inode = request.node});
}

FileId FileTable::id_of(const Request& request) const {
  if (const File* file = find(request)) return file->id;
  return {.device = request.device, .inode = request.inode != 0 ? request.inode : request.node};
}

std::string_view FileTable::path_of(FileId id) const {
  const File* file = find(id);
  return file == nullptr ? std::string_view() : std::string_view(file->path);
}

}  // namespace bytepath::mounts
