#include "lazyfs/fuse_operations.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <vector>

namespace bytepath::lazyfs {
namespace {

const Mounted& mounted(fuse_req_t request) {
  return *static_cast<const Mounted*>(fuse_req_userdata(request));
}

double timeout_of(const Mounted& mount) {
  return std::chrono::duration<double>(mount.options.attribute_timeout).count();
}

void start(void* context, fuse_conn_info* connection) {
  const auto& options = static_cast<const Mounted*>(context)->options;
  if (options.max_readahead) {
    connection->max_readahead = static_cast<unsigned>(*options.max_readahead);
  }
  // Readahead that waits for the origin shall not keep other readahead from being asked for.
  constexpr unsigned requests_at_once = 64;
  connection->max_background = requests_at_once;
}

void look_up(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const auto& mount = mounted(request);
  fuse_entry_param entry{};
  entry.entry_timeout = timeout_of(mount);
  entry.attr_timeout = entry.entry_timeout;
  // Without an inode it is that there is no such name, which the kernel remembers too.
  if (const Node* node = mount.tree.child(parent, name)) {
    entry.ino = node->status.st_ino;
    entry.attr = node->status;
  }
  fuse_reply_entry(request, &entry);
}

void get_attributes(fuse_req_t request, fuse_ino_t inode, fuse_file_info* /*file*/) {
  const auto& mount = mounted(request);
  const Node* node = mount.tree.find(inode);
  if (node == nullptr) {
    fuse_reply_err(request, ENOENT);
    return;
  }
  fuse_reply_attr(request, &node->status, timeout_of(mount));
}

void read_link(fuse_req_t request, fuse_ino_t inode) {
  const Node* node = mounted(request).tree.find(inode);
  if (node == nullptr) {
    fuse_reply_err(request, ENOENT);
    return;
  }
  fuse_reply_readlink(request, node->target.c_str());
}

void open_file(fuse_req_t request, fuse_ino_t /*inode*/, fuse_file_info* file) {
  const auto& options = mounted(request).options;
  file->keep_cache = options.keep_cache ? 1 : 0;
  file->direct_io = options.direct_io ? 1 : 0;
  fuse_reply_open(request, file);
}

void read_file(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset,
               fuse_file_info* /*file*/) {
  thread_local std::vector<char> buffer;
  const auto& mount = mounted(request);
  const Node* node = mount.tree.find(inode);
  if (node == nullptr) {
    fuse_reply_err(request, ENOENT);
    return;
  }
  if (buffer.size() < size) buffer.resize(size);
  const std::int64_t returned = mount.reader.read(
      EventKind::read, *node, static_cast<std::uint64_t>(offset), std::span(buffer).first(size));
  if (returned < 0) {
    fuse_reply_err(request, static_cast<int>(-returned));
    return;
  }
  fuse_reply_buf(request, buffer.data(), static_cast<std::size_t>(returned));
}

void read_folder(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset,
                 fuse_file_info* /*file*/) {
  const auto& tree = mounted(request).tree;
  const Node* folder = tree.find(inode);
  if (folder == nullptr) {
    fuse_reply_err(request, ENOENT);
    return;
  }
  std::vector<char> listing(size);
  std::size_t used = 0;
  off_t position = 0;
  // False: no more room. An entry's offset is where the one after it begins.
  const auto add = [&](const char* name, std::uint64_t child) {
    if (position++ < offset) return true;
    const Node* node = tree.find(child);
    const std::size_t needed = fuse_add_direntry(request, listing.data() + used, size - used, name,
                                                 &node->status, position);
    const bool fits = needed <= size - used;
    used += fits ? needed : 0;
    return fits;
  };
  bool more = add(".", inode) && add("..", folder->parent);
  for (auto each = folder->children.begin(); more && each != folder->children.end(); ++each) {
    more = add(each->first.c_str(), each->second);
  }
  fuse_reply_buf(request, listing.data(), used);
}

void tell_size(fuse_req_t request, fuse_ino_t /*inode*/) {
  constexpr unsigned long block = 4096;
  constexpr unsigned long longest_name = 255;
  const auto& tree = mounted(request).tree;
  struct statvfs status{};
  status.f_bsize = block;
  status.f_frsize = block;
  status.f_blocks = tree.bytes() / block;
  status.f_files = tree.nodes();
  status.f_namemax = longest_name;
  fuse_reply_statfs(request, &status);
}

}  // namespace

const fuse_lowlevel_ops& fuse_operations() {
  static const fuse_lowlevel_ops operations{.init = start,
                                            .lookup = look_up,
                                            .getattr = get_attributes,
                                            .readlink = read_link,
                                            .open = open_file,
                                            .read = read_file,
                                            .readdir = read_folder,
                                            .statfs = tell_size};
  return operations;
}

}  // namespace bytepath::lazyfs
