#include "storage/nameless_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/file.h"
#include "base/units.h"
#include "stats/random.h"

namespace bytepath::storage {
namespace {

Descriptor open_nameless(const std::string& folder) {
  Descriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  // A file system without such files (FUSE, overlays before Linux 6.1): its name is taken away.
  std::string name = folder + "/bytepath-XXXXXX";
  Descriptor named(::mkostemp(name.data(), O_CLOEXEC));
  if (named) ::unlink(name.c_str());
  return named;
}

}  // namespace

Result<NamelessFile> NamelessFile::create(const std::string& folder, std::uint64_t bytes) {
  Descriptor file = open_nameless(folder);
  if (!file) {
    return fail(
        ErrorKind::usage,
        fmt::format("--directory: cannot make a file in {}: {}", folder, std::strerror(errno)),
        "give a folder that may be written to");
  }
  stats::Random random(bytes);
  constexpr std::size_t piece_bytes = std::size_t{1} << 20;
  std::vector<std::uint64_t> piece(piece_bytes / sizeof(std::uint64_t));
  const std::string what = "a file in " + folder;
  for (std::uint64_t at = 0; at < bytes; at += piece_bytes) {
    std::ranges::generate(piece, [&] { return random.next(); });
    const std::size_t size = std::min<std::uint64_t>(piece_bytes, bytes - at);
    const std::string_view content(reinterpret_cast<const char*>(piece.data()), size);
    if (auto written = write_all(file.get(), content, what); !written)
      return std::unexpected(written.error());
  }
  if (::fsync(file.get()) != 0) return fail_errno(errno, "cannot write {}", what);
  return NamelessFile(std::move(file));
}

std::string NamelessFile::path() const { return fmt::format("/proc/self/fd/{}", file_.get()); }

}  // namespace bytepath::storage
