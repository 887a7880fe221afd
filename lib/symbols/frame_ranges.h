#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "code/elf_file.h"
#include "symbols/function_table.h"

namespace bytepath::symbols {

// Where functions begin and end by the unwind tables (.eh_frame: Linux Standard Base 5.0, Core,
// chapter 10.6), which a stripped file still has. Sorted by start, without overlaps; empty where
// there are none.
std::vector<AddressRange> frame_ranges(const code::ElfFile& file);

// The same from the section's bytes; address: of the first one, as linked.
std::vector<AddressRange> parse_frame_ranges(std::span<const std::uint8_t> bytes,
                                             std::uint64_t address);

}  // namespace bytepath::symbols
