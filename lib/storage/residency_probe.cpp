#include "storage/residency_probe.h"

#include <algorithm>
#include <array>

#include "pages/page_set.h"
#include "pages/regular_file.h"
#include "pages/residency.h"

namespace bytepath::storage {

using pages::page_bytes;

Result<ResidencyProbe> ResidencyProbe::open(const Descriptor& file, std::uint64_t bytes) {
  if (!pages::residency_is_told(file)) return pages::residency_denied();
  BYTEPATH_TRY(mapping, pages::FileMapping::map(file, 0, pages::pages_of(bytes)));
  return ResidencyProbe(std::move(mapping));
}

std::uint64_t ResidencyProbe::count(std::uint64_t first, std::uint64_t pages) const {
  std::array<unsigned char, 1024> resident{};
  std::uint64_t found = 0;
  for (std::uint64_t done = 0; done < pages; done += resident.size()) {
    const std::uint64_t some = std::min<std::uint64_t>(resident.size(), pages - done);
    if (::mincore(mapping_.page(first + done), some * page_bytes, resident.data()) != 0) continue;
    found += static_cast<std::uint64_t>(
        std::count_if(resident.begin(), resident.begin() + static_cast<std::ptrdiff_t>(some),
                      [](unsigned char byte) { return (byte & 1U) != 0; }));
  }
  return found;
}

bool ResidencyProbe::has(std::uint64_t offset, std::uint64_t bytes) const {
  const std::uint64_t first = offset / page_bytes;
  const std::uint64_t pages = (offset + bytes - 1) / page_bytes - first + 1;
  return (first + pages) * page_bytes <= mapping_.size() && count(first, pages) == pages;
}

double ResidencyProbe::share() const {
  const std::uint64_t pages = mapping_.size() / page_bytes;
  return pages == 0 ? 0 : static_cast<double>(count(0, pages)) / static_cast<double>(pages);
}

}  // namespace bytepath::storage
