#include "symbols/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

namespace bytepath::symbols {
namespace {

constexpr std::string_view gone_hint =
    "run as root while the program runs: the kernel then still gives the old file";

constexpr std::string_view ended_hint =
    "the files of a process can be found while it runs, by its user and by root";

struct Identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

std::optional<Identity> identity_of(const Descriptor& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return std::nullopt;
  return Identity{.device = status.st_dev, .inode = status.st_ino};
}

std::optional<host::RootFolder> open_tree(const std::string& path) {
  auto folder = host::RootFolder::open(path);
  if (!folder) return std::nullopt;
  return std::move(*folder);
}

}  // namespace

FileTrees FileTrees::of(const Root& root, std::uint32_t process) {
  return {.of_process = open_tree(root.at(fmt::format("/proc/{}/root", process))),
          .of_host = open_tree(root.at("/"))};
}

Result<Descriptor> open_mapped(const Root& root, const FileTrees& trees, std::uint32_t process,
                               const trace::Mapping& mapping) {
  const std::string exact =
      root.at(fmt::format("/proc/{}/map_files/{:x}-{:x}", process, mapping.start, mapping.end));
  Descriptor file(::open(exact.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file) {
    // What is mapped there by now may be another file.
    const auto identity = identity_of(file);
    if (identity && identity->inode == mapping.file.inode) return file;
  }
  if (mapping.deleted)
    return fail(ErrorKind::failed, fmt::format("{} has been deleted", mapping.path),
                std::string(gone_hint));
  std::optional<Error> error;
  for (const auto* tree : {&trees.of_process, &trees.of_host}) {
    if (!*tree) continue;
    auto opened = (*tree)->open_file(mapping.path);
    if (!opened) {
      if (!error) error = std::move(opened).error();
      continue;
    }
    const auto identity = identity_of(*opened);
    // A file system that shows other numbers in its mappings than in stat(2) (btrfs, overlayfs) has
    // another device there too; then the path has to do, but only in the process's own tree.
    const bool numbers_differ = identity && identity->device != mapping.file.device;
    if (identity &&
        (identity->inode == mapping.file.inode || (numbers_differ && tree == &trees.of_process)))
      return std::move(*opened);
    error = Error{.kind = ErrorKind::failed,
                  .message = fmt::format("{} has been replaced by another file", mapping.path),
                  .hint = std::string(gone_hint)};
  }
  if (error && error->hint.empty() && !trees.of_process) error->hint = std::string(ended_hint);
  if (error) return std::unexpected(std::move(*error));
  return fail(ErrorKind::failed,
              fmt::format("cannot open {}: there is no root folder", mapping.path));
}

}  // namespace bytepath::symbols
