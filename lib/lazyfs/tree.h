#pragma once
#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bytepath::lazyfs {

// One thing in the mount. Links to one file are one node with several names.
struct Node {
  std::string path;      // from the mount point on, without a slash in front; its first name
  struct stat status{};  // of the source; st_ino is the mount's
  std::string target;    // of a symbolic link
  std::uint64_t parent = 0;
  std::map<std::string, std::uint64_t, std::less<>> children;  // of a directory, by name

  std::uint64_t bytes() const { return static_cast<std::uint64_t>(status.st_size); }
};

// What a mount shows: names and attributes as they were when it was made, and no content. Inodes
// are numbered from 1, the root.
class Tree {
 public:
  static constexpr std::uint64_t root = 1;

  // Of a directory, or of one file, which is then the only one in the root. Error (usage): it is
  // not there, or something else.
  static Result<Tree> scan(const std::string& source);

  const Node* find(std::uint64_t inode) const;  // nullptr: there is none
  const Node* child(std::uint64_t inode, std::string_view name) const;
  const Node* at(std::string_view path) const;

  // The directory that paths are relative to.
  const std::string& folder() const { return folder_; }
  // Changes when the source is another one; of a file, also when its content may be.
  std::string identity(const Node& node) const;
  std::uint64_t nodes() const { return nodes_.size(); }
  std::uint64_t bytes() const;  // of all regular files

 private:
  Result<> add_children(std::uint64_t inode);
  std::uint64_t add(std::uint64_t parent, const std::string& name, const struct stat& status);

  std::string folder_;
  std::vector<Node> nodes_;
  std::map<std::pair<dev_t, ino_t>, std::uint64_t> linked_;  // files with several names
};

}  // namespace bytepath::lazyfs
