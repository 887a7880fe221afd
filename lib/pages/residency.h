#pragma once
#include <cstdint>
#include <functional>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::pages {

// mincore(2) over [first, first + count) of a file, in pages, through mappings of bounded size made
// for it, which touch nothing. Calls found(first, count) for runs of pages in the page cache, in
// pages of the file, ascending; a run may be told in pieces. Error (denied): see
// residency_is_told().
Result<> find_resident(const Descriptor& file, std::uint64_t first, std::uint64_t count,
                       const std::function<void(std::uint64_t first, std::uint64_t count)>& found);

// What to say where the kernel keeps the page cache of a file to its owner and its writers.
std::unexpected<Error> residency_denied();

}  // namespace bytepath::pages
