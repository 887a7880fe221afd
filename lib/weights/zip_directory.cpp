#include "weights/zip_directory.h"

#include <algorithm>
#include <optional>

#include "weights/byte_reader.h"
#include "weights/malformed.h"

namespace bytepath::weights {
namespace {

// Signatures and sizes of the fixed parts: APPNOTE.TXT 6.3.10, section 4.3.
constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t entry_signature = 0x02014b50;
constexpr std::string_view end_signature = "PK\5\6";
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t locator_signature = 0x07064b50;
constexpr std::uint64_t local_bytes = 30;
constexpr std::uint64_t entry_bytes = 46;
constexpr std::uint64_t end_bytes = 22;
constexpr std::uint64_t locator_bytes = 20;
constexpr std::uint64_t longest_comment = UINT16_MAX;
// What stands in a field of 32 or 16 bits whose value is in the zip64 part.
constexpr std::uint32_t see_zip64 = UINT32_MAX;
constexpr std::uint16_t see_zip64_count = UINT16_MAX;

struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

// The last end record whose comment reaches to the end of the file.
Result<std::uint64_t> find_end(const ByteSource& source) {
  if (source.size() < end_bytes) {
    return malformed(source.path(), "it is too short for a zip");
  }
  const std::uint64_t first = source.size() - std::min(source.size(), end_bytes + longest_comment);
  ByteReader reader(source, first, source.size());
  BYTEPATH_TRY(tail, reader.text(source.size() - first, "the end of the zip"));
  for (std::size_t at = tail.rfind(end_signature); at != std::string::npos;
       at = at == 0 ? std::string::npos : tail.rfind(end_signature, at - 1)) {
    if (tail.size() - at < end_bytes) continue;
    const auto low = static_cast<unsigned char>(tail[at + end_bytes - 2]);
    const auto high = static_cast<unsigned char>(tail[at + end_bytes - 1]);
    if (tail.size() - at - end_bytes == low + 256U * high) return first + at;
  }
  return malformed(source.path(), "it begins as a zip and has no list of its entries at its end",
                   "is it cut short, or still being downloaded?");
}

// Fields one after the other, whose end was checked before: the first failure stays.
class Fields {
 public:
  explicit Fields(ByteReader& reader) : reader_(reader) {}
  std::uint16_t u16() { return take<std::uint16_t>(); }
  std::uint32_t u32() { return take<std::uint32_t>(); }
  std::uint64_t u64() { return take<std::uint64_t>(); }
  void skip(std::uint64_t bytes) {
    if (result_) result_ = reader_.skip(bytes, what);
  }
  Result<> result() const { return result_; }

 private:
  static constexpr std::string_view what = "the list of entries of the zip";
  template <class T>
  T take() {
    if (!result_) return 0;
    const auto value = reader_.number<T>(what);
    if (!value) result_ = std::unexpected(value.error());
    return value.value_or(0);
  }

  ByteReader& reader_;
  Result<> result_;
};

Result<Directory> read_end64(const ByteSource& source, std::uint64_t locator) {
  ByteReader reader(source, locator, source.size());
  Fields fields(reader);
  const bool located = fields.u32() == locator_signature;
  fields.skip(4);
  const std::uint64_t place = fields.u64();
  if (auto read = fields.result(); !read) return std::unexpected(read.error());
  if (!located) return malformed(source.path(), locator, "the zip64 part of its end is not there");
  if (auto sought = reader.seek(place, "the zip64 end record"); !sought) {
    return std::unexpected(sought.error());
  }
  Fields end(reader);
  const bool found = end.u32() == end64_signature;
  end.skip(8 + 2 + 2 + 4 + 4 + 8);
  Directory directory;
  directory.entries = end.u64();
  directory.size = end.u64();
  directory.offset = end.u64();
  if (auto read = end.result(); !read) return std::unexpected(read.error());
  if (!found) return malformed(source.path(), place, "there is no zip64 end record");
  return directory;
}

Result<Directory> find_directory(const ByteSource& source) {
  BYTEPATH_TRY(place, find_end(source));
  ByteReader reader(source, place, source.size());
  Fields end(reader);
  end.skip(4 + 2 + 2 + 2);
  Directory directory;
  directory.entries = end.u16();
  directory.size = end.u32();
  directory.offset = end.u32();
  if (auto read = end.result(); !read) return std::unexpected(read.error());
  if (directory.entries == see_zip64_count || directory.size == see_zip64 ||
      directory.offset == see_zip64) {
    if (place < locator_bytes) {
      return malformed(source.path(), place, "the zip64 part of its end is not there");
    }
    BYTEPATH_TRY(directory64, read_end64(source, place - locator_bytes));
    directory = directory64;
  }
  if (directory.entries > max_tensors || directory.size > max_header_bytes ||
      directory.entries > directory.size / entry_bytes) {
    return malformed(source.path(), place,
                     fmt::format("{} entries in a list of {} bytes cannot be", directory.entries,
                                 directory.size));
  }
  if (directory.offset > place || directory.size > place - directory.offset) {
    return malformed(source.path(), place,
                     fmt::format("the list of its entries, {} bytes from byte {} on, is not before "
                                 "its end",
                                 directory.size, directory.offset));
  }
  return directory;
}

// In the extra fields of an entry, those of 32 bits that had no place are in this order.
Result<> take_zip64(ByteReader& reader, std::uint64_t extra_end, std::uint64_t whole_size,
                    ZipEntry& entry) {
  constexpr std::uint16_t zip64_id = 1;
  constexpr std::uint64_t head_bytes = 4;
  while (reader.position() + head_bytes <= extra_end) {
    Fields fields(reader);
    const std::uint16_t id = fields.u16();
    const std::uint16_t size = fields.u16();
    if (id != zip64_id) {
      fields.skip(size);
      if (auto skipped = fields.result(); !skipped) return skipped;
      continue;
    }
    if (whole_size == see_zip64) fields.skip(sizeof(std::uint64_t));
    if (entry.size == see_zip64) entry.size = fields.u64();
    if (entry.header == see_zip64) entry.header = fields.u64();
    return fields.result();
  }
  return {};
}

Result<ZipEntry> read_entry(ByteReader& reader) {
  const std::uint64_t place = reader.position();
  Fields fields(reader);
  const bool found = fields.u32() == entry_signature;
  fields.skip(2 + 2);
  const std::uint16_t flags = fields.u16();
  const std::uint16_t method = fields.u16();
  fields.skip(2 + 2 + 4);
  ZipEntry entry;
  entry.size = fields.u32();
  const std::uint32_t whole_size = fields.u32();
  const std::uint16_t name_bytes = fields.u16();
  const std::uint16_t extra_bytes = fields.u16();
  const std::uint16_t comment_bytes = fields.u16();
  fields.skip(2 + 2 + 4);
  entry.header = fields.u32();
  entry.stored = method == 0 && (flags & 1U) == 0;
  if (auto read = fields.result(); !read) return std::unexpected(read.error());
  if (!found) return malformed(reader.path(), place, "there is no entry of the zip");
  BYTEPATH_TRY(name, reader.text(name_bytes, "the name of an entry"));
  entry.name = std::move(name);
  const std::uint64_t extra_end = reader.position() + extra_bytes;
  if (auto taken = take_zip64(reader, extra_end, whole_size, entry); !taken) {
    return std::unexpected(taken.error());
  }
  if (auto sought = reader.seek(extra_end + comment_bytes, "an entry of the zip"); !sought) {
    return std::unexpected(sought.error());
  }
  return entry;
}

}  // namespace

Result<std::vector<ZipEntry>> read_zip_directory(const ByteSource& source) {
  BYTEPATH_TRY(directory, find_directory(source));
  ByteReader reader(source, directory.offset, directory.offset + directory.size);
  std::vector<ZipEntry> entries;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    BYTEPATH_TRY(entry, read_entry(reader));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::uint64_t> zip_data_offset(const ByteSource& source, const ZipEntry& entry) {
  ByteReader reader(source);
  if (auto sought = reader.seek(entry.header, "an entry of the zip"); !sought) {
    return std::unexpected(sought.error());
  }
  Fields fields(reader);
  const bool found = fields.u32() == local_signature;
  fields.skip(local_bytes - 4 - 2 - 2);
  const std::uint16_t name_bytes = fields.u16();
  const std::uint16_t extra_bytes = fields.u16();
  if (auto read = fields.result(); !read) return std::unexpected(read.error());
  if (!found) {
    return malformed(source.path(), entry.header,
                     fmt::format("the entry {} does not begin here", in_quotes(entry.name)));
  }
  return reader.position() + name_bytes + extra_bytes;
}

}  // namespace bytepath::weights
