#pragma once
#include <cstdint>
#include <functional>

#include "base/descriptor.h"
#include "base/result.h"

// The two ways to see what /proc/PID/pagemap tells of [start, end), page-aligned addresses with
// start before end. Both call found(first, count) for runs that are as long as possible, ascending,
// counted in pages from start. Error (failed): the process has ended; what was told then is not
// all.
namespace bytepath::pages {

using RunFound = std::function<void(std::uint64_t first, std::uint64_t count)>;

// PAGEMAP_SCAN (Linux 6.7, Documentation/admin-guide/mm/pagemap.rst): the kernel skips holes. Error
// (unsupported): this kernel has none.
Result<> scan_page_table(const Descriptor& pagemap, std::uint64_t start, std::uint64_t end,
                         const RunFound& found);

// Bit 63 of each page's entry.
Result<> read_present_bits(const Descriptor& pagemap, std::uint64_t start, std::uint64_t end,
                           const RunFound& found);

}  // namespace bytepath::pages
