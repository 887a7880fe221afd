#include "pages/residency.h"

#include <algorithm>
#include <vector>

#include "pages/file_mapping.h"
#include "pages/regular_file.h"

namespace bytepath::pages {
namespace {

constexpr std::uint64_t piece_pages = 65536;  // 256 MiB of the file

// The pages of one mapping.
Result<> look_at(const FileMapping& mapping, std::uint64_t first,
                 const std::function<void(std::uint64_t, std::uint64_t)>& found) {
  const std::uint64_t pages = mapping.size() / page_bytes;
  std::vector<unsigned char> resident(pages);
  if (::mincore(mapping.data(), mapping.size(), resident.data()) != 0)
    return fail_errno(errno, "cannot ask mincore(2) for pages of a file");
  const auto is_there = [](unsigned char byte) { return (byte & 1U) != 0; };
  auto at = resident.begin();
  while (true) {
    at = std::find_if(at, resident.end(), is_there);
    if (at == resident.end()) return {};
    const auto end = std::find_if_not(at, resident.end(), is_there);
    found(first + static_cast<std::uint64_t>(at - resident.begin()),
          static_cast<std::uint64_t>(end - at));
    at = end;
  }
}

}  // namespace

std::unexpected<Error> residency_denied() {
  return fail(ErrorKind::denied,
              "cannot tell which pages of a file are in the page cache: it is neither this user's "
              "nor writable for them",
              "run as the file's owner or as root");
}

Result<> find_resident(const Descriptor& file, std::uint64_t first, std::uint64_t count,
                       const std::function<void(std::uint64_t, std::uint64_t)>& found) {
  if (!residency_is_told(file)) return residency_denied();
  for (std::uint64_t done = 0; done < count; done += piece_pages) {
    const std::uint64_t pages = std::min(piece_pages, count - done);
    BYTEPATH_TRY(mapping, FileMapping::map(file, first + done, pages));
    if (auto looked = look_at(mapping, first + done, found); !looked) return looked;
  }
  return {};
}

}  // namespace bytepath::pages
