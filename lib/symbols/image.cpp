#include "symbols/image.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "symbols/debug_file.h"
#include "symbols/frame_ranges.h"

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

Result<Image> Image::create(Result<code::ElfFile> file, std::string path) {
  if (!file) return std::unexpected(std::move(file).error());
  if (!file->is_64_bit_x86())
    return fail(ErrorKind::unsupported, fmt::format("{} is no 64-bit x86 program", path));
  Image image(std::move(*file), std::move(path));
  image.stripped_ = !image.file_.has_symbol_table();
  image.frames_ = frame_ranges(image.file_);
  return image;
}

Result<Image> Image::open(Descriptor descriptor, std::string path, const FileTrees& trees) {
  Descriptor copy(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) return fail_errno(errno, "cannot open {} once more", path);
  BYTEPATH_TRY(image, create(code::ElfFile::from_descriptor(std::move(copy), path), path));
  std::vector<code::Symbol> symbols = image.file_.symbols();
  const bool has_lines = image.file_.find_section(".debug_line") != nullptr;
  if (image.stripped_ || !has_lines) {
    auto debug = find_debug_file(image.file_, read_debug_link(descriptor), path, trees);
    if (debug) {
      image.stripped_ = image.stripped_ && !debug->file.has_symbol_table();
      std::ranges::move(debug->file.symbols(), std::back_inserter(symbols));
      if (!has_lines) image.debug_information_ = std::move(debug->descriptor);
    }
  }
  if (has_lines) image.debug_information_ = std::move(descriptor);
  image.functions_ = FunctionTable(std::move(symbols), code_ranges(image.file_), image.frames_);
  return std::move(image);
}

Result<Image> Image::from_bytes(std::vector<std::uint8_t> bytes, const std::string& path) {
  BYTEPATH_TRY(image, create(code::ElfFile::from_bytes(std::move(bytes), path), path));
  image.functions_ = FunctionTable(image.file_.symbols(), code_ranges(image.file_), image.frames_);
  return std::move(image);
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

Place Image::find(std::uint64_t linked) {
  Place place{.image = path_, .address = linked};
  if (const Function* function = functions_.find(linked)) {
    place.function = demangled(function->name);
    place.function_address = function->range.start;
  } else if (auto entry = plt_names_.find(file_, linked)) {
    place.function = std::move(entry->name);
    place.function_address = entry->range.start;
  } else if (const AddressRange* frame = range_at(frames_, linked)) {
    place.function_address = frame->start;
    if (const CodeNames::Name* name = code_names_.find(file_, path_, *frame)) {
      place.function = name->text;
      place.by_code = name->by_code;
    }
  }
  if (debug_information_) {
    if (auto lines = SourceLines::open(std::exchange(debug_information_, Descriptor())))
      lines_ = std::move(*lines);
  }
  if (lines_) place.source = lines_->at(linked);
  return place;
}

}  // namespace bytepath::symbols
