#include "lazyfs/tree.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <filesystem>

#include "base/text.h"

namespace bytepath::lazyfs {
namespace {

Result<std::string> link_target(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  if (length < 0) return fail_errno(errno, "cannot read the link {}", path);
  return std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace

Result<Tree> Tree::scan(const std::string& source) {
  struct stat status{};
  if (::stat(source.c_str(), &status) != 0) {
    const int error = errno;
    auto failed = fail_errno(error, "cannot mount {}", source);
    if (error == ENOENT || error == ENOTDIR) failed.error().kind = ErrorKind::usage;
    return failed;
  }
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::usage,
                fmt::format("cannot mount {}: neither a file nor a directory", source),
                "give an image file or the root of a tree");
  }
  std::error_code error;
  const auto canonical = std::filesystem::canonical(source, error);
  if (error) return fail_errno(error.value(), "cannot mount {}", source);

  Tree tree;
  if (S_ISDIR(status.st_mode)) {
    tree.folder_ = canonical.string();
    tree.add(0, "", status);
    for (std::uint64_t inode = root; inode <= tree.nodes_.size(); ++inode) {
      if (auto added = tree.add_children(inode); !added) return std::unexpected(added.error());
    }
    return tree;
  }
  tree.folder_ = canonical.parent_path().string();
  struct stat folder = status;
  folder.st_mode = S_IFDIR | 0555;
  folder.st_size = 0;
  folder.st_blocks = 0;
  tree.add(0, "", folder);
  tree.add(root, canonical.filename().string(), status);
  return tree;
}

Result<> Tree::add_children(std::uint64_t inode) {
  if (!S_ISDIR(nodes_[inode - 1].status.st_mode)) return {};
  const std::string folder = folder_ + "/" + nodes_[inode - 1].path;
  std::error_code error;
  for (std::filesystem::directory_iterator each(folder, error), end; each != end && !error;
       each.increment(error)) {
    const std::string path = each->path().string();
    struct stat status{};
    // A file that has gone since is none of the tree.
    if (::lstat(path.c_str(), &status) != 0) continue;
    const std::uint64_t child = add(inode, each->path().filename().string(), status);
    if (!S_ISLNK(status.st_mode)) continue;
    BYTEPATH_TRY(target, link_target(path));
    nodes_[child - 1].target = target;
  }
  if (error) return fail_errno(error.value(), "cannot read the directory {}", folder);
  return {};
}

std::uint64_t Tree::add(std::uint64_t parent, const std::string& name, const struct stat& status) {
  const auto key = std::pair(status.st_dev, status.st_ino);
  const bool is_linked = S_ISREG(status.st_mode) && status.st_nlink > 1;
  const auto known = is_linked ? linked_.find(key) : linked_.end();
  if (known != linked_.end()) {
    nodes_[parent - 1].children.emplace(name, known->second);
    return known->second;
  }
  const std::uint64_t inode = nodes_.size() + 1;
  Node node{.status = status, .parent = parent == 0 ? inode : parent};
  if (parent != 0) {
    const std::string& folder = nodes_[parent - 1].path;
    node.path = folder.empty() ? name : folder + "/" + name;
    nodes_[parent - 1].children.emplace(name, inode);
  }
  if (is_linked) linked_.emplace(key, inode);
  nodes_.push_back(std::move(node));
  nodes_.back().status.st_ino = inode;
  return inode;
}

const Node* Tree::find(std::uint64_t inode) const {
  return inode >= root && inode <= nodes_.size() ? &nodes_[inode - 1] : nullptr;
}

const Node* Tree::child(std::uint64_t inode, std::string_view name) const {
  const Node* folder = find(inode);
  if (folder == nullptr) return nullptr;
  const auto found = folder->children.find(name);
  return found == folder->children.end() ? nullptr : find(found->second);
}

const Node* Tree::at(std::string_view path) const {
  const Node* node = find(root);
  for (const auto name : split(path, '/')) {
    if (name.empty() || node == nullptr) continue;
    node = child(node->status.st_ino, name);
  }
  return node;
}

std::string Tree::identity(const Node& node) const {
  const auto& status = node.status;
  return fmt::format("{}/{} {} {}.{}", folder_, node.path, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

std::uint64_t Tree::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& node : nodes_) sum += S_ISREG(node.status.st_mode) ? node.bytes() : 0;
  return sum;
}

}  // namespace bytepath::lazyfs
