#include "lazyfs/chunk_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/file.h"

#define XXH_INLINE_ALL  // NOLINT(readability-identifier-naming): theirs
#include <xxhash.h>

namespace bytepath::lazyfs {
namespace {

constexpr std::string_view suffix = ".chunk";
constexpr std::string_view unfinished_suffix = ".chunk.part";

// Only files of this form are ours: 16 hexadecimal digits, a dash, hexadecimal digits, the suffix.
bool is_ours(std::string_view name, std::string_view ending) {
  constexpr std::size_t dash = 16;
  if (!name.ends_with(ending) || name.size() <= dash + 1 + ending.size()) return false;
  name.remove_suffix(ending.size());
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return name[dash] == '-' && std::ranges::all_of(name.substr(0, dash), is_digit) &&
         std::ranges::all_of(name.substr(dash + 1), is_digit);
}

struct Leftover {
  std::string name;
  std::uint64_t bytes;
  timespec written;
};

}  // namespace

ChunkFiles::ChunkFiles(std::string folder, Descriptor handle, std::uint64_t bytes)
    : folder_(std::move(folder)), handle_(std::move(handle)), lru_(bytes) {}

ChunkFiles::ChunkFiles(ChunkFiles&& other) noexcept
    : folder_(std::move(other.folder_)),
      handle_(std::move(other.handle_)),
      lru_(std::move(other.lru_)) {}

Result<ChunkFiles> ChunkFiles::open(const std::string& folder, std::uint64_t bytes) {
  Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle) {
    const int error = errno;
    auto failed = fail_errno(error, "cannot use {}", folder);
    if (error == ENOENT || error == ENOTDIR) {
      failed.error().kind = ErrorKind::usage;
      failed.error().hint = "give a directory that is there and can be written";
    }
    return failed;
  }
  // The lock goes with the descriptor, so none is left behind.
  if (::flock(handle.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::usage, fmt::format("cannot use {}: another mount does", folder),
                "give each mount a directory of its own");
  }
  if (::faccessat(handle.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return fail_errno(errno, "cannot write in {}", folder);
  }
  ChunkFiles files(folder, std::move(handle), bytes);
  if (auto taken = files.take_over(); !taken) return std::unexpected(taken.error());
  return files;
}

Result<> ChunkFiles::take_over() {
  std::vector<Leftover> found;
  std::error_code error;
  for (std::filesystem::directory_iterator each(folder_, error), end; each != end && !error;
       each.increment(error)) {
    const std::string name = each->path().filename().string();
    if (is_ours(name, unfinished_suffix)) remove(name);
    struct stat status{};
    const bool readable = ::fstatat(handle_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!is_ours(name, suffix) || !readable || !S_ISREG(status.st_mode)) continue;
    found.push_back({.name = name,
                     .bytes = static_cast<std::uint64_t>(status.st_size),
                     .written = status.st_mtim});
  }
  if (error) return fail_errno(error.value(), "cannot read the directory {}", folder_);
  std::ranges::sort(found, [](const Leftover& one, const Leftover& other) {
    return std::pair(one.written.tv_sec, one.written.tv_nsec) <
           std::pair(other.written.tv_sec, other.written.tv_nsec);
  });
  std::vector<std::string> evicted;
  for (const auto& file : found) {
    if (!lru_.add(file.name, file.bytes, evicted)) evicted.push_back(file.name);
  }
  for (const auto& name : evicted) remove(name);
  return {};
}

std::string ChunkFiles::name(std::string_view identity, std::uint64_t chunk_bytes,
                             std::uint64_t offset) {
  return fmt::format("{:016x}-{:x}{}",
                     XXH3_64bits_withSeed(identity.data(), identity.size(), chunk_bytes), offset,
                     suffix);
}

bool ChunkFiles::read(const std::string& name, std::uint64_t chunk_bytes, std::uint64_t skip,
                      std::span<char> out) {
  {
    const std::lock_guard lock(mutex_);
    if (!lru_.use(name)) return false;
  }
  // It may be evicted meanwhile, or not be written yet: then it is not there.
  const Descriptor file(::openat(handle_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0 ||
      static_cast<std::uint64_t>(status.st_size) != chunk_bytes) {
    return false;
  }
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(file.get(), out.data() + done, out.size() - done, static_cast<off_t>(skip + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

Result<> ChunkFiles::store(const std::string& name, std::string_view chunk) {
  {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> evicted{name};
    lru_.remove(name);
    const bool fits = lru_.add(name, chunk.size(), evicted);
    // Under the lock, so that none of them can be stored anew before its file is gone.
    for (const auto& old : evicted) remove(old);
    if (!fits) return {};
  }
  auto written = write(name, chunk);
  if (!written) {
    const std::lock_guard lock(mutex_);
    lru_.remove(name);
  }
  return written;
}

Result<> ChunkFiles::write(const std::string& name, std::string_view chunk) {
  const std::string part =
      name.substr(0, name.size() - suffix.size()) + std::string(unfinished_suffix);
  const Descriptor file(::openat(handle_.get(), part.c_str(),
                                 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail_errno(errno, "cannot write in {}", folder_);
  auto written = write_all(file.get(), chunk, folder_);
  if (written && ::renameat(handle_.get(), part.c_str(), handle_.get(), name.c_str()) != 0) {
    written = fail_errno(errno, "cannot write in {}", folder_);
  }
  if (!written) remove(part);
  return written;
}

void ChunkFiles::remove(const std::string& name) {
  // What cannot be removed is one more file there, not a reason to stop.
  (void)::unlinkat(handle_.get(), name.c_str(), 0);
}

std::uint64_t ChunkFiles::used() {
  const std::lock_guard lock(mutex_);
  return lru_.used();
}

}  // namespace bytepath::lazyfs
