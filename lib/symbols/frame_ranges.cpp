#include "symbols/frame_ranges.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace bytepath::symbols {
namespace {

constexpr std::uint64_t max_section_bytes = 256U << 20;
constexpr std::size_t max_ranges = 8U << 20;

// DW_EH_PE_*, Linux Standard Base 5.0, Core, table 10-2 and 10-3.
constexpr std::uint8_t format_mask = 0x0f;
constexpr std::uint8_t absolute_pointer = 0x00;
constexpr std::uint8_t unsigned_4 = 0x03;
constexpr std::uint8_t unsigned_8 = 0x04;
constexpr std::uint8_t signed_4 = 0x0b;
constexpr std::uint8_t signed_8 = 0x0c;
constexpr std::uint8_t relative_to_itself = 0x10;
constexpr std::uint8_t relation_mask = 0x70;

// Reads forward; once it is over the end it stays there and says so.
class Cursor {
 public:
  explicit Cursor(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool good() const { return good_; }
  std::size_t at() const { return at_; }

  std::uint64_t take(std::size_t count) {
    std::uint64_t value = 0;
    if (!skip(count)) return 0;
    std::memcpy(&value, bytes_.data() + at_ - count, count);
    return value;
  }
  bool skip(std::uint64_t count) {
    good_ = good_ && count <= bytes_.size() - at_;
    if (good_) at_ += static_cast<std::size_t>(count);
    return good_;
  }
  std::uint64_t take_leb128() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; good_; shift += 7) {
      const std::uint64_t byte = take(1);
      if (shift < 64) value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }
  std::string_view take_text() {
    const std::size_t start = at_;
    while (good_ && take(1) != 0) {
    }
    if (!good_) return {};
    return {reinterpret_cast<const char*>(bytes_.data()) + start, at_ - start - 1};
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

// Bytes of a number in that format; 0: one that we do not read.
std::size_t bytes_of(std::uint8_t encoding) {
  switch (encoding & format_mask) {
    case absolute_pointer:
    case unsigned_8:
    case signed_8:
      return 8;
    case unsigned_4:
    case signed_4:
      return 4;
    default:
      return 0;
  }
}

// How the FDEs of a CIE, whose bytes these are from its version on, write addresses.
std::optional<std::uint8_t> address_encoding(std::span<const std::uint8_t> bytes) {
  Cursor cursor(bytes);
  const std::uint64_t version = cursor.take(1);
  const std::string_view augmentation = cursor.take_text();
  cursor.take_leb128();  // code alignment
  cursor.take_leb128();  // data alignment
  if (version == 1)
    cursor.skip(1);  // return address register
  else
    cursor.take_leb128();
  if (!cursor.good() || (version != 1 && version != 3)) return std::nullopt;
  if (augmentation.empty()) return absolute_pointer;
  if (augmentation.front() != 'z') return std::nullopt;
  cursor.take_leb128();  // size of what the letters stand for
  for (const char letter : augmentation.substr(1)) {
    if (letter == 'R') {
      const auto encoding = static_cast<std::uint8_t>(cursor.take(1));
      return cursor.good() ? std::optional(encoding) : std::nullopt;
    }
    if (letter == 'L') cursor.skip(1);
    if (letter == 'P') {
      const std::size_t bytes_of_routine = bytes_of(static_cast<std::uint8_t>(cursor.take(1)));
      if (bytes_of_routine == 0) return std::nullopt;
      cursor.skip(bytes_of_routine);
    }
    if (letter != 'L' && letter != 'P' && letter != 'S' && letter != 'B') return std::nullopt;
  }
  return absolute_pointer;
}

std::optional<AddressRange> range_of(std::span<const std::uint8_t> bytes, std::uint8_t encoding,
                                     std::uint64_t address) {
  const std::size_t width = bytes_of(encoding);
  const std::uint8_t relation = encoding & relation_mask;
  if (width == 0 || (relation != 0 && relation != relative_to_itself) || (encoding & 0x80) != 0)
    return std::nullopt;
  Cursor cursor(bytes);
  std::uint64_t start = cursor.take(width);
  const std::uint64_t size = cursor.take(width);
  if (!cursor.good()) return std::nullopt;
  if ((encoding & format_mask) == signed_4)
    start = static_cast<std::uint64_t>(static_cast<std::int32_t>(start));
  if (relation == relative_to_itself) start += address;
  if (size == 0 || size > ~start) return std::nullopt;
  return AddressRange{.start = start, .end = start + size};
}

void keep_apart(std::vector<AddressRange>& ranges) {
  std::ranges::sort(ranges, {}, &AddressRange::start);
  const auto same = std::ranges::unique(ranges, {}, &AddressRange::start);
  ranges.erase(same.begin(), same.end());
  for (std::size_t i = 0; i + 1 < ranges.size(); ++i)
    ranges[i].end = std::min(ranges[i].end, ranges[i + 1].start);
}

}  // namespace

std::vector<AddressRange> parse_frame_ranges(std::span<const std::uint8_t> bytes,
                                             std::uint64_t address) {
  std::vector<AddressRange> ranges;
  std::map<std::size_t, std::optional<std::uint8_t>> encodings;  // by where the CIE begins
  std::size_t at = 0;
  while (ranges.size() < max_ranges) {
    constexpr std::uint64_t long_form = 0xffffffff;
    Cursor cursor(bytes.subspan(at));
    std::uint64_t size = cursor.take(4);
    if (size == long_form) size = cursor.take(8);
    const std::size_t id_at = at + cursor.at();
    if (!cursor.good() || size < 4 || size > bytes.size() - id_at) break;
    const auto entry = bytes.subspan(id_at, static_cast<std::size_t>(size));
    const std::uint64_t id = Cursor(entry).take(4);
    if (id == 0) {
      encodings[at] = address_encoding(entry.subspan(4));
    } else if (const auto known = encodings.find(id_at - std::min<std::uint64_t>(id, id_at));
               known != encodings.end()) {
      if (const auto& encoding = known->second; encoding) {
        const auto range = range_of(entry.subspan(4), *encoding, address + id_at + 4);
        if (range) ranges.push_back(*range);
      }
    }
    at = id_at + static_cast<std::size_t>(size);
  }
  keep_apart(ranges);
  return ranges;
}

std::vector<AddressRange> frame_ranges(const code::ElfFile& file) {
  const code::Section* section = file.find_section(".eh_frame");
  std::uint8_t last = 0;
  if (section == nullptr || section->bytes == 0 || section->bytes > max_section_bytes ||
      !file.read(section->address + section->bytes - 1, {&last, 1}))
    return {};  // a header may claim more than the file has
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(section->bytes));
  if (!file.read(section->address, bytes)) return {};
  return parse_frame_ranges(bytes, section->address);
}

}  // namespace bytepath::symbols
