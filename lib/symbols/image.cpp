#include "symbols/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bytepath::symbols {
namespace {

constexpr std::uint64_t page_bytes = 4096;

void add_range(std::uint64_t start, std::uint64_t bytes, std::vector<AddressRange>& ranges) {
  if (bytes != 0 && bytes <= ~start) ranges.push_back({.start = start, .end = start + bytes});
}

// The loader maps whole pages, so that a mapping shows some of the file around the segment.
bool maps(const code::Segment& segment, std::uint64_t file_offset) {
  const std::uint64_t first = segment.file_offset & ~(page_bytes - 1);
  const std::uint64_t before = segment.file_offset - first;
  return file_offset >= first &&
         file_offset - first < ((before + segment.file_bytes + page_bytes - 1) & ~(page_bytes - 1));
}

}  // namespace

std::vector<AddressRange> code_ranges(const code::ElfFile& file) {
  std::vector<AddressRange> ranges;
  for (const code::Section& section : file.sections())
    if (section.executable && section.address != 0)
      add_range(section.address, section.bytes, ranges);
  if (ranges.empty())
    for (const code::Segment& segment : file.segments())
      if (segment.executable) add_range(segment.address, segment.file_bytes, ranges);
  std::ranges::sort(ranges, {}, &AddressRange::start);
  for (std::size_t i = 0; i + 1 < ranges.size(); ++i)
    ranges[i].end = std::min(ranges[i].end, ranges[i + 1].start);
  return ranges;
}

Result<Image> Image::create(code::ElfFile file, std::string path) {
  if (!file.is_64_bit_x86())
    return fail(ErrorKind::unsupported, fmt::format("{} is no 64-bit x86 program", path));
  Image image(std::move(file), std::move(path));
  image.functions_ = FunctionTable(image.file_.symbols(), code_ranges(image.file_), {});
  return image;
}

std::optional<std::uint64_t> Image::linked_address(std::uint64_t file_offset) const {
  const code::Segment* best = nullptr;
  for (const code::Segment& segment : file_.segments()) {
    if (!maps(segment, file_offset)) continue;
    // A page between two segments is mapped for both: code is what is executed.
    if (best == nullptr || (segment.executable && !best->executable)) best = &segment;
  }
  if (best == nullptr) return std::nullopt;
  return file_offset - best->file_offset + best->address;
}

Place Image::find(std::uint64_t linked) const {
  Place place{.image = path_, .address = linked};
  if (const Function* function = functions_.find(linked)) {
    place.function = demangled(function->name);
    place.function_address = function->range.start;
  }
  return place;
}

}  // namespace bytepath::symbols
