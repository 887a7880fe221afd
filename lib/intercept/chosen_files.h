#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "intercept/intercept.h"

namespace bytepath::intercept {

// The regular file that a descriptor of a thread is open on, if it is one. Error (denied): its
// process does not let us look.
Result<std::optional<MappedFile>> file_of(pid_t thread, int descriptor);
// Nothing: that cannot be known, since we have no descriptor left or may not look at the process.
std::optional<bool> is_open_for_writing(pid_t thread, int descriptor);
// The process or thread that a pidfd names, 0 when the descriptor is none. Nothing: not known.
std::optional<pid_t> process_named_by(pid_t thread, int descriptor);

// Is it this file that the process has mapped at the address? Nothing: that cannot be known.
std::optional<bool> shows_file(pid_t thread, std::uint64_t address, const MappedFile& file);

// The files that an observer wants, each asked for once. A file is its device, inode and path: the
// number of an inode is used again once its file is deleted.
class ChosenFiles {
 public:
  explicit ChosenFiles(Observer& observer) : observer_(observer) {}
  // The wanted file, the same object each time, or null.
  std::shared_ptr<const MappedFile> choose(const MappedFile& file);

 private:
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::string>;
  Observer& observer_;
  std::map<Key, std::shared_ptr<const MappedFile>> known_;  // null: asked and not wanted
};

}  // namespace bytepath::intercept
